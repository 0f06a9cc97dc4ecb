import { describe, expect, it } from 'vitest';
import {
  cholesky,
  congruenceByInverse,
  inverseFromCholesky,
  solveLower,
  solveLowerTransposed,
} from '../../src/sdp/cholesky.js';
import { multiply } from '../../src/sdp/dense.js';
import { smallestEigenvalue } from '../../src/sdp/smallest-eigenvalue.js';
import { orders, positiveMatrix, shifted } from './positive-matrix.js';

describe.each(orders)('the factor of a matrix of order %i', (n) => {
  const a = positiveMatrix(n);
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

  it('refuses a matrix just short of positive semidefinite', () => {
    const least = smallestEigenvalue(a.slice(), n);
    expect(cholesky(shifted(a, n, -least - 1e-6), n)).toBe(false);
  });

  it('forms L⁻¹ D L⁻ᵀ', () => {
    const result = new Float64Array(n * n);
    congruenceByInverse(factor, a, n, result);
    for (let e = 0; e < n * n; e++) expect(result[e]).toBeCloseTo(Math.floor(e / n) === e % n ? 1 : 0, 8);
  });
});
