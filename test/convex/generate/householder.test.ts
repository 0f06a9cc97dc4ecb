import { Matrix, QrDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { orthogonalFactor } from '../../../src/convex/generate/householder.js';

test.each([1, 2, 3, 4, 5, 6, 9, 40])('the factors of dimension %i are those of ml-matrix to the bit', (n) => {
  const random = stream(n, 'householder');
  const matrix = Matrix.from1DArray(
    n,
    n,
    Array.from({ length: n * n }, () => random.normal()),
  );
  // A column of zeros has no reflection, and a diagonal below zero has the other sign.
  if (n === 5) matrix.setColumn(2, [0, 0, 0, 0, 0]);
  matrix.set(0, 0, -Math.abs(matrix.get(0, 0)));
  const reference = new QrDecomposition(matrix);
  const columns = Float64Array.from({ length: n * n }, (_, at) => matrix.get(at % n, Math.floor(at / n)));
  const factor = orthogonalFactor(columns, n);
  expect(factor.diagonal).toEqual(Float64Array.from(reference.upperTriangularMatrix.diagonal()));
  const { orthogonalMatrix } = reference;
  expect(factor.columns).toEqual(
    Float64Array.from({ length: n * n }, (_, at) => orthogonalMatrix.get(at % n, Math.floor(at / n))),
  );
});
