import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { smallestEigenvalue } from '../../src/sdp/smallest-eigenvalue.js';
import { orders, positiveMatrix, shifted } from './positive-matrix.js';

describe('the smallest eigenvalue', () => {
  it.each(orders)('is that of ml-matrix, at order %i', (n) => {
    const a = shifted(positiveMatrix(n), n, -n);
    const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a), { assumeSymmetric: true });
    expect(smallestEigenvalue(a.slice(), n)).toBeCloseTo(Math.min(...realEigenvalues), 9);
  });
});
