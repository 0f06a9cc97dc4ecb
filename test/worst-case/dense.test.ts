import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.js';
import {
  cholesky,
  congruenceByInverse,
  inverseFromCholesky,
  solveLower,
  solveLowerTransposed,
} from '../../src/worst-case/cholesky.js';
import { multiply } from '../../src/worst-case/dense.js';
import { smallestEigenvalue } from '../../src/worst-case/smallest-eigenvalue.js';

/** B Bᵀ + ridge · I with random B. */
function randomPositive(n: number, ridge: number, seed: number): Float64Array {
  const { normal } = stream(seed, 'matrix');
  const b = Float64Array.from({ length: n * n }, () => normal());
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    let sum = i === j ? ridge : 0;
    for (let k = 0; k < n; k++) sum += b[i * n + k] * b[j * n + k];
    return sum;
  });
}

describe.each([1, 2, 3, 47, 48, 49, 97, 130])('dense kernels of order %i', (n) => {
  const a = randomPositive(n, 0.5, n);
  const factor = a.slice();
  const done = cholesky(factor, n);

  it('factors a positive definite matrix', () => {
    expect(done).toBe(true);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += factor[i * n + k] * factor[j * n + k];
        expect(Math.abs(sum - a[i * n + j])).toBeLessThan(1e-12 * n * n);
      }
    }
  });

  it('solves and inverts', () => {
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const right = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i] += a[i * n + j] * x[j];
    solveLower(factor, n, right);
    solveLowerTransposed(factor, n, right);
    for (let i = 0; i < n; i++) expect(right[i]).toBeCloseTo(x[i], 8);
    const inverse = new Float64Array(n * n);
    const product = new Float64Array(n * n);
    inverseFromCholesky(factor, n, inverse);
    multiply(a, inverse, n, product);
    for (let e = 0; e < n * n; e++) expect(product[e]).toBeCloseTo(Math.floor(e / n) === e % n ? 1 : 0, 7);
  });

  it('finds the smallest eigenvalue, as ml-matrix does', () => {
    const shifted = a.map((value, e) => (Math.floor(e / n) === e % n ? value - n : value));
    const expected = Math.min(
      ...new EigenvalueDecomposition(Matrix.from1DArray(n, n, shifted), { assumeSymmetric: true }).realEigenvalues,
    );
    expect(smallestEigenvalue(shifted.slice(), n)).toBeCloseTo(expected, 9);
  });

  it('refuses a matrix just short of positive semidefinite', () => {
    const least = smallestEigenvalue(a.slice(), n);
    const below = a.map((value, e) => (Math.floor(e / n) === e % n ? value - least - 1e-6 : value));
    expect(cholesky(below, n)).toBe(false);
  });

  it('forms L⁻¹ D L⁻ᵀ', () => {
    const result = new Float64Array(n * n);
    congruenceByInverse(factor, a, n, result);
    for (let e = 0; e < n * n; e++) expect(result[e]).toBeCloseTo(Math.floor(e / n) === e % n ? 1 : 0, 8);
  });
});
