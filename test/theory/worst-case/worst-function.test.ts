import { inner } from '../../../src/base/vector.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { evaluateWorstFunction, type SmoothInterpolant } from '../../../src/theory/worst-case/worst-function.js';

const dimension = 3;

function randomInterpolant(seed: number, count: number): SmoothInterpolant {
  const { normal } = stream(seed, 'interpolant');
  return {
    kind: 'smooth-interpolant',
    smoothness: 2.5,
    points: Array.from({ length: count }, () => ({
      center: Array.from({ length: dimension }, () => normal()),
      value: normal(),
    })),
  };
}

const point = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: dimension, maxLength: dimension });
const interpolant = fc
  .tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 7 }))
  .map(([seed, count]) => randomInterpolant(seed, count));

describe('smooth interpolant', () => {
  it('is convex with L-Lipschitz gradients: the interpolation inequality holds between any two points', () => {
    fc.assert(
      fc.property(interpolant, point, point, (f, x, y) => {
        const at = evaluateWorstFunction(f, Float64Array.from(x));
        const to = evaluateWorstFunction(f, Float64Array.from(y));
        const change = to.gradient.map((g, i) => g - at.gradient[i]);
        const step = y.map((value, i) => value - x[i]);
        const least = at.value + inner(at.gradient, step) + inner(change, change) / (2 * f.smoothness);
        expect(to.value - least).toBeGreaterThan(-1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('is the least over the weights: no sampled weights give less', () => {
    const { uniform } = stream(1, 'weights');
    fc.assert(
      fc.property(interpolant, point, (f, x) => {
        const { value } = evaluateWorstFunction(f, Float64Array.from(x));
        for (let trial = 0; trial < 50; trial++) {
          const raw = f.points.map(() => (-Math.log(1 - uniform())) ** 3);
          const total = raw.reduce((sum, w) => sum + w, 0);
          const away = x.map((v, i) => v - f.points.reduce((sum, p, j) => sum + (raw[j] / total) * p.center[i], 0));
          const other =
            f.points.reduce((sum, p, j) => sum + (raw[j] / total) * p.value, 0) +
            (f.smoothness / 2) * inner(away, away);
          expect(value).toBeLessThan(other + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has the gradient that central differences give', () => {
    fc.assert(
      fc.property(interpolant, point, (f, x) => {
        const { gradient } = evaluateWorstFunction(f, Float64Array.from(x));
        const h = 1e-5;
        for (let i = 0; i < dimension; i++) {
          const [ahead, behind] = [h, -h].map(
            (shift) =>
              evaluateWorstFunction(
                f,
                Float64Array.from(x, (v, j) => (j === i ? v + shift : v)),
              ).value,
          );
          expect((ahead - behind) / (2 * h)).toBeCloseTo(gradient[i], 3);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('piecewise linear function', () => {
  const f = {
    kind: 'piecewise-linear' as const,
    pieces: [
      { gradient: [1, 0], offset: 0 },
      { gradient: [-1, 0], offset: 0 },
      { gradient: [0, 2], offset: -1 },
    ],
  };

  it('takes the first of the largest pieces, and says by how much it leads', () => {
    expect(evaluateWorstFunction(f, Float64Array.of(0, 0))).toEqual({
      value: 0,
      gradient: Float64Array.of(1, 0),
      lead: 0,
    });
    expect(evaluateWorstFunction(f, Float64Array.of(-2, 1))).toEqual({
      value: 2,
      gradient: Float64Array.of(-1, 0),
      lead: 1,
    });
  });
});
