import { spectrum } from '../problem/positive-semidefinite.js';

/** The gradient step e ↦ e − α (matrix · e + shift + noise), noise of the given variance in every coordinate. */
export interface AffineStep {
  readonly matrix: Float64Array;
  readonly shift: Float64Array;
  readonly variance: number;
}

/** E e and E eeᵀ while many steps with one Hessian are taken: in its eigenbasis a step costs d² instead of d³. */
export interface MomentsInEigenbasis {
  /** The step that they are in the eigenbasis of; undefined while they are not in one. */
  readonly current: AffineStep | undefined;
  /** Takes one step. */
  advance(stepSize: number, step: AffineStep): void;
  /** Writes the moments, as they are now, to the arrays given at first. */
  leave(): void;
}

/**
 * Keeps the moments of `mean` (d) and `second` (d × d, row-major) in the eigenbasis of the latest step's matrix;
 * the arrays themselves are up to date after `leave`.
 */
export function momentsInEigenbasis(mean: Float64Array, second: Float64Array): MomentsInEigenbasis {
  const dimension = mean.length;
  const bases = new Map<AffineStep, StepInEigenbasis>();
  const [inMean, inSecond, scratch] = [mean.slice(), second.slice(), second.slice()];
  let current: AffineStep | undefined;

  function leave(): void {
    if (current === undefined) return;
    const { vectors } = basisOf(current);
    for (let i = 0; i < dimension; i++) {
      mean[i] = 0;
      for (let k = 0; k < dimension; k++) mean[i] += vectors[k * dimension + i] * inMean[k];
    }
    // S = Vᵀ Ŝ V, eigenvectors as rows.
    rotate(inSecond, vectors, scratch, second, dimension);
    current = undefined;
  }

  function basisOf(step: AffineStep): StepInEigenbasis {
    let known = bases.get(step);
    if (known === undefined) {
      const { values, vectors: columns } = spectrum(step.matrix, dimension);
      const vectors = Float64Array.from(columns.transpose().to1DArray());
      known = { values, vectors, shift: multiplied(vectors, step.shift) };
      bases.set(step, known);
    }
    return known;
  }

  function enter(step: AffineStep): void {
    leave();
    const { vectors } = basisOf(step);
    inMean.set(multiplied(vectors, mean));
    rotate(second, transposed(vectors, dimension), scratch, inSecond, dimension);
    current = step;
  }

  return {
    get current() {
      return current;
    },
    leave,
    advance(stepSize, step) {
      if (current !== step) enter(step);
      const { values, shift } = basisOf(step);
      for (let i = 0; i < dimension; i++) {
        const [factorI, shiftI] = [1 - stepSize * values[i], -stepSize * shift[i]];
        const movedI = factorI * inMean[i];
        for (let j = 0; j <= i; j++) {
          const [factorJ, shiftJ] = [1 - stepSize * values[j], -stepSize * shift[j]];
          const at = i * dimension + j;
          const sum =
            factorI * factorJ * inSecond[at] + movedI * shiftJ + shiftI * factorJ * inMean[j] + shiftI * shiftJ;
          inSecond[at] = inSecond[j * dimension + i] = i === j ? sum + stepSize ** 2 * step.variance : sum;
        }
      }
      for (let i = 0; i < dimension; i++) inMean[i] = (1 - stepSize * values[i]) * inMean[i] - stepSize * shift[i];
    },
  };
}

/** Eigenvalues, eigenvectors as rows, and the shift in their coordinates. */
interface StepInEigenbasis {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
  readonly shift: Float64Array;
}

function multiplied(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  const product = new Float64Array(length);
  for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) product[i] += matrix[i * length + j] * vector[j];
  return product;
}

function transposed(matrix: Float64Array, dimension: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % dimension) * dimension + Math.floor(at / dimension)]);
}

/** Writes Bᵀ S B, S symmetric. */
function rotate(s: Float64Array, b: Float64Array, scratch: Float64Array, out: Float64Array, n: number): void {
  // scratch = S B, out = Bᵀ scratch: rows added up, so that the inner loop runs along them.
  scratch.fill(0);
  out.fill(0);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = s[i * n + k];
      for (let j = 0; j < n; j++) scratch[i * n + j] += factor * b[k * n + j];
    }
  }
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      const factor = b[k * n + i];
      for (let j = 0; j < n; j++) out[i * n + j] += factor * scratch[k * n + j];
    }
  }
}
