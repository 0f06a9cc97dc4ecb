import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimizeNewtonModel } from '../../../src/convex/optimum/newton-model.js';
import {
  eigenbasis,
  fromEigenbasis,
  minimizeModel,
  toEigenbasis,
} from '../../../src/convex/optimum/quadratic-model.js';

const vector = fc
  .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((entries) => Float64Array.from(entries));

test('the model’s minimiser beats every other point of the ball', () => {
  fc.assert(
    fc.property(
      fc.tuple(vector, vector),
      fc.integer({ min: 0, max: 2 }),
      vector,
      vector,
      vector,
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      ([a, b], rank, theta, gradient, other, radius) => {
        const hessian = new Float64Array(9);
        for (const v of [a, b].slice(0, rank)) {
          for (let i = 0; i < 9; i++) hessian[i] += v[Math.floor(i / 3)] * v[i % 3];
        }
        const inside = (point: Float64Array): Float64Array => {
          const norm = Math.hypot(...point);
          return norm > radius ? point.map((entry) => (entry / norm) * radius * (1 - 1e-15)) : point;
        };
        const from = inside(theta);
        const model = (y: Float64Array): number => {
          let sum = 0;
          for (let i = 0; i < 3; i++) {
            sum += gradient[i] * (y[i] - from[i]);
            for (let j = 0; j < 3; j++) sum += 0.5 * hessian[3 * i + j] * (y[i] - from[i]) * (y[j] - from[j]);
          }
          return sum;
        };
        const minimizer = minimizeModel(eigenbasis(hessian, 3), from, gradient, radius);
        expect(Math.hypot(...minimizer)).toBeLessThanOrEqual(radius);
        expect(model(minimizer)).toBeLessThanOrEqual(model(inside(other)) + 1e-9);
        expect(model(minimizer)).toBeLessThanOrEqual(1e-9);
      },
    ),
    { numRuns: 500 },
  );
});

test('the eigenbasis is orthonormal, and there and back is the identity', () => {
  const basis = eigenbasis(Float64Array.of(2, 1, 0, 1, 3, 1, 0, 1, 4), 3);
  const v = Float64Array.of(1, -2, 3);
  const back = fromEigenbasis(basis, toEigenbasis(basis, v));
  back.forEach((entry, i) => {
    expect(entry).toBeCloseTo(v[i], 14);
  });
  expect(basis.values.reduce((sum, entry) => sum + entry, 0)).toBeCloseTo(9, 13);
});

test('Cholesky factorisations find the same minimiser as the eigenbasis', () => {
  fc.assert(
    fc.property(
      fc.tuple(vector, vector, vector),
      vector,
      vector,
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (rows, theta, gradient, radius) => {
        const hessian = Float64Array.of(0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1);
        for (const v of rows) for (let i = 0; i < 9; i++) hessian[i] += v[Math.floor(i / 3)] * v[i % 3];
        const norm = Math.hypot(...theta);
        const from = norm > radius ? theta.map((entry) => (entry / norm) * radius * (1 - 1e-15)) : theta;
        const expected = minimizeModel(eigenbasis(hessian, 3), from, gradient, radius);
        const found = minimizeNewtonModel(hessian, from, gradient, radius);
        expect(Math.hypot(...found)).toBeLessThanOrEqual(radius);
        expect(Math.hypot(...found.map((entry, i) => entry - expected[i]))).toBeLessThan(1e-8 * (1 + radius));
      },
    ),
    { numRuns: 500 },
  );
});
