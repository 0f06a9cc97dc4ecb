import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { InputError } from '../../base/input-error.js';

/**
 * Refuses a Hessian (d × d, row-major) that is not symmetric or has an eigenvalue below −1e-12 times the largest,
 * which rounding of a singular one can show. The InputError names the first asymmetric entry or the eigenvalue.
 */
export function checkPositiveSemidefinite(field: string, hessian: Float64Array, dimension: number): void {
  const scale = hessian.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) {
      const [lower, upper] = [hessian[i * dimension + j], hessian[j * dimension + i]];
      if (Math.abs(lower - upper) > 1e-12 * scale) {
        throw new InputError(`${field}[${i}][${j}]`, lower, `a symmetric matrix; [${j}][${i}] is ${upper}`);
      }
    }
  }
  const smallest = Math.min(...eigenvalues(hessian, dimension));
  if (smallest < -1e-12 * scale) {
    throw new InputError(
      field,
      toRows(hessian, dimension),
      `a positive semidefinite matrix; it has eigenvalue ${smallest}`,
    );
  }
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
