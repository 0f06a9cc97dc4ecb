import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemData } from '../../../src/convex/problem/data.js';
import { checkProblemFile } from '../../../src/convex/problem/format.js';
import { quadratic, type QuadraticOptions } from '../../../src/convex/generate/quadratic.js';
import { eigenvalues } from '../../../src/convex/problem/positive-semidefinite.js';

function measured(options: QuadraticOptions) {
  const data = problemData(checkProblemFile(quadratic(options)));
  if (data.kind !== 'quadratic') throw new Error('expected a quadratic');
  const [dpo, sft] = [data.objectives.dpo, data.objectives.sft];
  const [a, b] = [dpo.minimizer, sft.minimizer];
  const inner = a.reduce((sum, entry, i) => sum + entry * b[i], 0);
  const cosine = inner / (Math.hypot(...a) * Math.hypot(...b));
  return {
    data,
    spectra: [dpo, sft].map(({ hessian }) => eigenvalues(hessian, data.dimension)),
    angle: (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI,
    distance: Math.hypot(...a.map((entry, i) => entry - b[i])),
    norms: [Math.hypot(...a), Math.hypot(...b)],
  };
}

test('condition numbers, angle and distance are those asked for', () => {
  fc.assert(
    fc.property(
      fc.record({
        dimension: fc.integer({ min: 2, max: 12 }),
        condition: fc.record({
          dpo: fc.double({ min: 1, max: 1e4, noNaN: true }),
          sft: fc.double({ min: 1, max: 1e4, noNaN: true }),
        }),
        angle: fc.double({ min: 1, max: 180, noNaN: true }),
        distance: fc.double({ min: 0.01, max: 100, noNaN: true }),
        seed: fc.nat(),
      }),
      (options) => {
        const { spectra, angle, distance, norms } = measured(options);
        for (const [spectrum, condition] of [
          [spectra[0], options.condition.dpo],
          [spectra[1], options.condition.sft],
        ] as const) {
          expect(spectrum[options.dimension - 1]).toBeCloseTo(1, 12);
          expect(spectrum[options.dimension - 1] / spectrum[0] / condition).toBeCloseTo(1, 9);
        }
        // The arc cosine loses half the digits near 180°.
        expect(Math.abs(angle - options.angle)).toBeLessThan(1e-5);
        expect(distance / options.distance).toBeCloseTo(1, 11);
        expect(norms[0] / norms[1]).toBeCloseTo(1, 11);
      },
    ),
    { numRuns: 60 },
  );
});

test('eigenvalues are log-spaced and Hessians exactly symmetric, also at condition number 1e6', () => {
  const { spectra, data } = measured({ dimension: 7, condition: 1e6, seed: 4 });
  for (const spectrum of spectra) {
    spectrum.forEach((value, k) => {
      expect(value / 10 ** (k - 6)).toBeCloseTo(1, 8);
    });
  }
  for (const { hessian } of [data.objectives.dpo, data.objectives.sft]) {
    for (let i = 0; i < 7; i++) for (let j = 0; j < i; j++) expect(hessian[7 * i + j]).toBe(hessian[7 * j + i]);
  }
});

test('the two eigenbases differ, and another seed gives another problem', () => {
  const { data } = measured({ dimension: 3, seed: 1 });
  expect(data.objectives.dpo.hessian).not.toEqual(data.objectives.sft.hessian);
  expect(quadratic({ seed: 1 })).toEqual(quadratic({ seed: 1 }));
  expect(quadratic({ seed: 1 })).not.toEqual(quadratic({ seed: 2 }));
});

test('in dimension 1 the minimisers are opposed, each half the distance from the origin', () => {
  const { data } = measured({ dimension: 1, distance: 3 });
  expect([data.objectives.dpo.minimizer[0], data.objectives.sft.minimizer[0]].sort()).toEqual([-1.5, 1.5]);
});

test('noise, radius and start are written as given', () => {
  expect(quadratic({ noise: 0.7, radius: 9, start: [1, 2] })).toMatchObject({
    radius: 9,
    start: [1, 2],
    objectives: { dpo: { noise: 0.7 }, sft: { noise: 0.7 } },
  });
  expect(quadratic()).not.toHaveProperty('radius');
});

test.each<[QuadraticOptions, string]>([
  [{ dimension: 0 }, 'dimension: got 0'],
  [{ dimension: 1.5 }, 'dimension: got 1.5'],
  [{ condition: 0.5 }, 'condition: got 0.5'],
  [{ condition: { dpo: 2, sft: NaN } }, 'condition: got NaN'],
  [{ angle: 0 }, 'angle: got 0'],
  [{ angle: 181 }, 'angle: got 181'],
  [{ dimension: 1, angle: 90 }, 'angle: got 90'],
  [{ dimension: 1, condition: 5 }, 'condition: got 5'],
  [{ distance: 0 }, 'distance: got 0'],
  // The minimisers would lie 0.993 apart, and both far away.
  [{ dimension: 3, angle: 1e-13, distance: 1 }, 'distance: got 1'],
  [{ noise: -1 }, 'noise: got -1'],
  [{ radius: 0 }, 'radius: got 0'],
  [{ start: [1] }, 'start: got [1]'],
  [{ start: [3, 4], radius: 4.9 }, 'start: got [3,4]'],
  [{ seed: -1 }, 'seed: got -1'],
])('%j is refused', (options, message) => {
  expect(() => quadratic(options)).toThrow(message);
});
