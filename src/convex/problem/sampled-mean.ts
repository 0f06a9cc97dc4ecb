import { normBound, PreciseSum } from '../matrix/precise-sum.js';
import type { ObjectiveConstants, Objective, PreciseEvaluation } from './problem.js';

/** A mean of convex losses over examples, given by what one example adds. */
export interface ExampleLosses {
  readonly count: number;
  /** The loss of example n at θ. */
  value(n: number, theta: Float64Array): number;
  /** Adds weight × the gradient of example n to `gradient` and returns the example's loss. */
  addGradient(n: number, theta: Float64Array, weight: number, gradient: Float64Array): number;
  /** The loss of example n and the coefficients of its gradient in the example's rows, with bounds on their errors. */
  precisely(n: number, theta: Float64Array): PreciseExample;
  /** Row k of example n; the next call overwrites it. */
  rowOf(n: number, k: number): Float64Array;
  /** Adds weight × the Hessian of example n to the sum. */
  addHessian(n: number, theta: Float64Array, weight: number, sum: OuterProductSum): void;
}

/** A loss and its gradient Σ coefficient_k · row_k, each with a bound on its error. */
export interface PreciseExample {
  readonly loss: number;
  readonly lossError: number;
  readonly coefficients: ArrayLike<number>;
  readonly coefficientErrors: ArrayLike<number>;
}

/** The objective that is the mean of the examples' losses, sampled in uniformly drawn minibatches with replacement. */
export function sampledMean(losses: ExampleLosses, dimension: number, constants: () => ObjectiveConstants): Objective {
  const { count } = losses;
  let known: ObjectiveConstants | undefined;
  return {
    value(theta) {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += losses.value(n, theta);
      return sum / count;
    },
    gradient(theta, gradient) {
      gradient.fill(0);
      let sum = 0;
      for (let n = 0; n < count; n++) sum += losses.addGradient(n, theta, 1 / count, gradient);
      return sum / count;
    },
    hessian(theta, hessian) {
      hessian.fill(0);
      const sum = outerProductSum(hessian, dimension);
      for (let n = 0; n < count; n++) losses.addHessian(n, theta, 1 / count, sum);
      sum.finish();
      mirrorLowerTriangle(hessian, dimension);
    },
    evaluatePrecisely: (theta) => precisely(losses, theta),
    get constants() {
      return (known ??= constants());
    },
    valueNoise: 0,
    exactValues: false,
    sampler(random, batch) {
      const sample = new Int32Array(batch);
      return {
        draw() {
          for (let b = 0; b < batch; b++) sample[b] = random.integer(count);
        },
        gradient(theta, gradient) {
          gradient.fill(0);
          let sum = 0;
          for (let b = 0; b < batch; b++) sum += losses.addGradient(sample[b], theta, 1 / batch, gradient);
          return sum / batch;
        },
        value(theta) {
          let sum = 0;
          for (let b = 0; b < batch; b++) sum += losses.value(sample[b], theta);
          return sum / batch;
        },
      };
    },
  };
}

/** The means of losses and gradients, summed in twice the precision of doubles. */
function precisely(losses: ExampleLosses, theta: Float64Array): PreciseEvaluation {
  const { count } = losses;
  const value = new PreciseSum();
  const coordinates = Array.from(theta, () => new PreciseSum());
  let gradientError = 0;
  for (let n = 0; n < count; n++) {
    const { loss, lossError, coefficients, coefficientErrors } = losses.precisely(n, theta);
    value.add(loss, lossError);
    for (let k = 0; k < coefficients.length; k++) {
      const row = losses.rowOf(n, k);
      for (let i = 0; i < row.length; i++) coordinates[i].addProduct(coefficients[k], row[i]);
      // The row itself is a rounded difference of features.
      gradientError += (coefficientErrors[k] + Number.EPSILON * Math.abs(coefficients[k])) * normBound(row);
    }
  }
  const errors = Float64Array.from(coordinates, (sum) => sum.error / count);
  const high = Float64Array.from(coordinates, (sum) => sum.value / count);
  const low = new Float64Array(theta.length);
  const [total, rest] = value.parts;
  const mean = total / count;
  return {
    value: [mean, 0],
    valueError: (value.error + Math.abs(rest)) / count + Number.EPSILON * Math.abs(mean),
    gradient: { high, low },
    gradientError:
      (gradientError / count + normBound(errors) + Number.EPSILON * normBound(high)) * (1 + count * Number.EPSILON),
  };
}

/** A sum of weighted outer products, gathered in the lower triangle of a matrix. */
export interface OuterProductSum {
  /** Adds weight · v vᵀ, sooner or later; the vector is copied. */
  add(vector: Float64Array, weight: number): void;
  /** Adds what is still pending. */
  finish(): void;
}

/**
 * Gathers outer products into the lower triangle of `matrix` (d × d, row-major), four at a time: one pass over the
 * matrix for four rows is what makes a Hessian of thousands of rows affordable.
 */
export function outerProductSum(matrix: Float64Array, dimension: number): OuterProductSum {
  // The four vectors, coordinate by coordinate.
  const vectors = new Float64Array(4 * dimension);
  const weights = new Float64Array(4);
  let pending = 0;

  function finish(): void {
    weights.fill(0, pending);
    pending = 0;
    const [first, second, third, fourth] = weights;
    // Two rows of the matrix at a time, for which the vectors are read once; of an odd number of rows the first is alone.
    for (let i = dimension % 2 === 0 ? 0 : -1; i < dimension; i += 2) {
      const at = 4 * i;
      const row = i * dimension;
      const below = row + dimension;
      const a = i < 0 ? 0 : first * vectors[at];
      const b = i < 0 ? 0 : second * vectors[at + 1];
      const c = i < 0 ? 0 : third * vectors[at + 2];
      const e = i < 0 ? 0 : fourth * vectors[at + 3];
      const f = first * vectors[at + 4];
      const g = second * vectors[at + 5];
      const h = third * vectors[at + 6];
      const k = fourth * vectors[at + 7];
      for (let j = 0, from = 0; j <= i; j++, from += 4) {
        const x = vectors[from];
        const y = vectors[from + 1];
        const z = vectors[from + 2];
        const w = vectors[from + 3];
        matrix[row + j] += a * x + b * y + c * z + e * w;
        matrix[below + j] += f * x + g * y + h * z + k * w;
      }
      matrix[below + i + 1] += f * vectors[at + 4] + g * vectors[at + 5] + h * vectors[at + 6] + k * vectors[at + 7];
    }
  }

  return {
    add(vector, weight) {
      for (let i = 0, at = pending; i < dimension; i++, at += 4) vectors[at] = vector[i];
      weights[pending] = weight;
      pending++;
      if (pending === 4) finish();
    },
    finish,
  };
}

/** Copies the lower triangle of a matrix (d × d, row-major) to its upper triangle. */
export function mirrorLowerTriangle(matrix: Float64Array, dimension: number): void {
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) matrix[j * dimension + i] = matrix[i * dimension + j];
  }
}
