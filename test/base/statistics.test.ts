import { expect, it } from 'vitest';
import { estimate, moments } from '../../src/base/statistics.js';

it.each([1, 1e-200, 1e-290, 1e200])('a mean and its interval are those of samples in units of %d', (unit) => {
  const { mean, standardError } = moments([1, 2, 4, 9].map((x) => x * unit));
  // Squares 9 + 4 + 0 + 25, over 3 and 4.
  expect(mean / unit).toBeCloseTo(4, 12);
  expect(standardError / unit).toBeCloseTo(Math.sqrt(38 / 12), 12);
  const [low, high] = estimate([1, 2, 4, 9].map((x) => x * unit)).ci95 ?? [NaN, NaN];
  expect((high - low) / (2 * unit)).toBeCloseTo(3.182446305284263 * Math.sqrt(38 / 12), 10);
});

it('equal samples have no error', () => {
  expect(moments([3, 3, 3]).standardError).toBe(0);
  expect(moments([3]).standardError).toBeNaN();
});
