import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InputError } from '../../src/base/input-error.js';
import { convexLossNames, marginLossOf, preferenceLossOf } from '../../src/preference-loss/index.js';
import { numbers, type PreferenceLossSettings } from '../../src/preference-loss/preference-loss.js';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const settings: fc.Arbitrary<PreferenceLossSettings> = fc.record({
  loss: fc.constantFrom(...convexLossNames),
  beta: real(0.05, 3),
  labelSmoothing: real(1e-3, 0.5),
});
const margins = real(-30, 30);

describe('a loss of a margin', () => {
  it('is the loss of the table, with its derivatives and bounds', () => {
    fc.assert(
      fc.property(settings, margins, margins, real(0.1, 4), (given, margin, other, weight) => {
        const loss = marginLossOf(given);
        const value = loss.value(margin);
        expect(value).toBeCloseTo(preferenceLossOf(given).value(numbers, margin, given), 10);
        const h = 1e-4;
        const scale = 1 + Math.abs(value);
        const slope = (loss.value(margin + h) - loss.value(margin - h)) / (2 * h);
        expect(Math.abs(loss.slope(margin, weight) / weight - slope) / scale).toBeLessThan(1e-6);
        const curvature = (loss.slope(margin + h, 1) - loss.slope(margin - h, 1)) / (2 * h);
        expect(Math.abs(loss.curvature(margin, weight) / weight - curvature) / scale).toBeLessThan(1e-6);
        expect(loss.curvature(margin, 1)).toBeLessThanOrEqual(loss.curvatureBound * (1 + 1e-15));
        const [low, high] = [Math.min(margin, other), Math.max(margin, other)];
        for (const point of [low, (low + high) / 2, high]) {
          expect(Math.abs(loss.slope(point, 1))).toBeLessThanOrEqual(loss.slopeBound(low, high) * (1 + 1e-14));
        }
        if (Number.isFinite(loss.minimizer)) expect(Math.abs(loss.slope(loss.minimizer, 1))).toBeLessThan(1e-12);
        expect(value).toBeGreaterThanOrEqual(loss.value(Math.min(loss.minimizer, 1e3)) * (1 - 1e-14));
      }),
      { numRuns: 1000 },
    );
  });

  it('is bounded where its margin is known up to an error', () => {
    fc.assert(
      fc.property(settings, margins, real(-16, 0), real(-1, 1), (given, margin, exponent, where) => {
        const loss = marginLossOf(given);
        const error = 10 ** exponent;
        const found = loss.precisely(margin, error);
        const truth = margin + where * error;
        // What the functions here are off by themselves.
        const rounding = 4 * Number.EPSILON;
        const difference = Math.abs(loss.value(truth) - found.loss);
        expect(difference).toBeLessThanOrEqual(found.lossError + rounding * (1 + found.loss));
        const change = Math.abs(loss.slope(truth, 1) - found.slope);
        expect(change).toBeLessThanOrEqual(found.slopeError + rounding * (1 + Math.abs(found.slope)));
      }),
      { numRuns: 1000 },
    );
  });
});

test('SimPO is none of convex problems', () => {
  expect(() => marginLossOf({ loss: 'simpo', beta: 2 })).toThrow(InputError);
});
