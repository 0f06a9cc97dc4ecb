import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { InputError } from '../../base/input-error.js';
import { components } from '../matrix/components.js';
import { canEliminate, dyadic, eliminate } from '../matrix/rational.js';
import { factorInDoubles, verifiedFactor, type KnownMatrix } from '../matrix/verified-factor.js';

/**
 * Makes a Hessian (d × d, row-major) symmetric, and refuses one that is asymmetric by more than rounding or not positive
 * semidefinite: on R^d by any negative eigenvalue, decided exactly as far as that is within reach; on a ball, where
 * certificates take in what is left, by an eigenvalue below −1e-12 times the largest, which rounding of a singular
 * matrix can show. The InputError names the first asymmetric entry or the eigenvalue.
 */
export function checkPositiveSemidefinite(
  field: string,
  hessian: Float64Array,
  dimension: number,
  radius: number,
): void {
  const scale = hessian.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) {
      const [lower, upper] = [hessian[i * dimension + j], hessian[j * dimension + i]];
      if (Math.abs(lower - upper) > 1e-12 * scale) {
        throw new InputError(`${field}[${i}][${j}]`, lower, `a symmetric matrix; [${j}][${i}] is ${upper}`);
      }
      hessian[i * dimension + j] = hessian[j * dimension + i] = lower === upper ? lower : lower / 2 + upper / 2;
    }
  }
  // What doubles prove definite needs no eigenvalues, which take many times as long.
  if (factorInDoubles(exactly(hessian, dimension), 0) !== undefined) return;
  const [smallest] = eigenvalues(hessian, dimension);
  if (smallest < -1e-12 * scale) {
    throw new InputError(
      field,
      toRows(hessian, dimension),
      `a positive semidefinite matrix; it has eigenvalue ${smallest}`,
    );
  }
  if (radius === Infinity && isPositiveSemidefinite(hessian, dimension) === false) {
    throw new InputError(
      field,
      toRows(hessian, dimension),
      `a positive semidefinite matrix, or a radius; it has a negative eigenvalue (about ${smallest}), so that there is no minimum on R^d`,
    );
  }
}

/**
 * Whether a symmetric matrix (d × d, row-major) is positive semidefinite: proved block by block, by a verified
 * factorisation where it is definite, else in rational arithmetic; undefined where a block is too large for that.
 */
export function isPositiveSemidefinite(matrix: Float64Array, dimension: number): boolean | undefined {
  let proved: boolean | undefined = true;
  for (const block of components(dimension, (i, j) => matrix[i * dimension + j] !== 0)) {
    const size = block.length;
    const high = Float64Array.from(block.flatMap((i) => block.map((j) => matrix[i * dimension + j])));
    if (size === 1 ? high[0] >= 0 : isPositiveDefinite(high, size)) continue;
    const exact = dyadic(high);
    if (!canEliminate(exact)) proved = undefined;
    else if (eliminate(exact, dyadic(new Float64Array(size))) === 'indefinite') return false;
  }
  return proved;
}

/** Whether matrix − least · I, symmetric, is shown to be positive definite by a verified factorisation. */
export function isPositiveDefinite(matrix: Float64Array, dimension: number, least = 0): boolean {
  return verifiedFactor(exactly(matrix, dimension), -least) !== undefined;
}

/** A matrix of doubles as what it is: known without an error. */
function exactly(matrix: Float64Array, dimension: number): KnownMatrix {
  return { dimension, high: matrix, low: new Float64Array(matrix.length), error: 0 };
}

/** The eigenvalues, ascending, of a symmetric matrix (d × d, row-major). */
export function eigenvalues(matrix: Float64Array, dimension: number): Float64Array {
  return spectrum(matrix, dimension).values.sort();
}

/** The eigenvalues and, as columns, the eigenvectors of a symmetric matrix (d × d, row-major). */
export function spectrum(matrix: Float64Array, dimension: number): { values: Float64Array; vectors: Matrix } {
  const scale = matrix.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  // Entries that are nothing beside the largest go: their products underflow, which the QL iteration does not survive.
  const scaled = matrix.map((entry) => (Math.abs(entry) <= 1e-100 * scale ? 0 : entry / scale));
  const decomposition = new EigenvalueDecomposition(new Matrix(toRows(scaled, dimension)), { assumeSymmetric: true });
  const values = Float64Array.from(decomposition.realEigenvalues, (value) => value * scale);
  return { values, vectors: decomposition.eigenvectorMatrix };
}

function toRows(matrix: Float64Array, dimension: number): number[][] {
  return Array.from({ length: dimension }, (_, i) => Array.from(matrix.subarray(i * dimension, (i + 1) * dimension)));
}
