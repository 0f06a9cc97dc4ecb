import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Objective, Problem } from '../../../src/convex/problem/problem.js';
import { eigenvalues } from '../../../src/convex/problem/positive-semidefinite.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { objectiveBounds } from '../../../src/theory/objective-bounds.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { exampleProblems } from './example-problems.js';

/** Points of the ball, or of a ball of radius 5 where the domain is all of R^d. */
function pointIn({ dimension, radius }: Problem): fc.Arbitrary<Float64Array> {
  const reach = Number.isFinite(radius) ? radius : 5;
  return fc
    .tuple(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([direction, size]) => {
      const norm = Math.hypot(...direction);
      return Float64Array.from(direction, (entry) => (norm < 1e-100 ? 0 : (entry / norm) * reach * size));
    });
}

function gradientOf(objective: Objective, theta: Float64Array): Float64Array {
  const gradient = new Float64Array(theta.length);
  objective.gradient(theta, gradient);
  return gradient;
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((entry, i) => entry - b[i]);
const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, entry, i) => sum + entry * b[i], 0);

describe.each(exampleProblems)('%s', (_name, file) => {
  test.each(['dpo', 'sft'] as const)('%s: convex, with the constants it states', async (name) => {
    const problem = await parseProblem(file);
    const objective = problem.objectives[name];
    const { smoothness, strongConvexity } = objective.constants;
    fc.assert(
      fc.property(pointIn(problem), pointIn(problem), (x, y) => {
        const step = minus(y, x);
        const change = minus(gradientOf(objective, y), gradientOf(objective, x));
        const [fx, fy] = [objective.value(x), objective.value(y)];
        const rounding = 1e-12 * (1 + Math.abs(fx) + Math.abs(fy));
        const squares = inner(step, step);
        // The tangent lies below the graph, by at least ½μ‖y − x‖² and at most ½L‖y − x‖².
        const above = fy - fx - inner(gradientOf(objective, x), step);
        expect(above).toBeGreaterThanOrEqual((strongConvexity / 2) * squares - rounding);
        if (Number.isFinite(smoothness)) {
          expect(above).toBeLessThanOrEqual((smoothness / 2) * squares + rounding);
          expect(Math.hypot(...change)).toBeLessThanOrEqual(smoothness * Math.sqrt(squares) + rounding);
        }
        expect(inner(change, step)).toBeGreaterThanOrEqual(strongConvexity * squares - rounding);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([{}, { preferenceLoss: 'ipo', beta: 0.5 }, { preferenceLoss: 'cdpo', labelSmoothing: 0.3 }] as const)(
  'log-linear, %j: every example’s gradient and the Hessian stay within their bounds',
  async (loss) => {
    const file = logLinear({ dimension: 3, examples: 10, radius: 4, seed: 5, reference: 'random', ...loss });
    if (file.kind !== 'log-linear') throw new Error('expected a log-linear pair');
    const problem = await parseProblem(file);
    const range = objectiveBounds(problem).dpo.valueError;
    for (const name of ['dpo', 'sft'] as const) {
      const objective = problem.objectives[name];
      const { gradientBound, smoothness } = objective.constants;
      let example = 0;
      const sampler = objective.sampler({ normal: () => NaN, integer: () => example }, 1);
      let largest = 0;
      fc.assert(
        fc.property(pointIn(problem), fc.nat({ max: 9 }), (theta, n) => {
          example = n;
          sampler.draw();
          const gradient = new Float64Array(3);
          sampler.gradient(theta, gradient);
          largest = Math.max(largest, Math.hypot(...gradient));
          expect(Math.hypot(...gradient)).toBeLessThanOrEqual(gradientBound * (1 + 1e-14));
          if (name === 'dpo') {
            // ε of the theory: one example's loss is no farther from their mean.
            expect(Math.abs(sampler.value(theta) - objective.value(theta))).toBeLessThanOrEqual(range * (1 + 1e-12));
          }
          const hessian = new Float64Array(9);
          objective.hessian(theta, hessian);
          expect(eigenvalues(hessian, 3)[2]).toBeLessThanOrEqual(smoothness * (1 + 1e-12));
          expect(eigenvalues(hessian, 3)[0]).toBeGreaterThanOrEqual(-1e-12);
        }),
      );
      if (name === 'dpo' && 'preferenceLoss' in loss && loss.preferenceLoss === 'ipo') {
        // The bound is attained where an example's margin is farthest from its aim: at the ends of its own direction.
        file.dpo.forEach(({ chosen, rejected }, n) => {
          const row = chosen.map((entry, i) => entry - rejected[i]);
          for (const end of [-4, 4]) {
            example = n;
            sampler.draw();
            const gradient = new Float64Array(3);
            sampler.gradient(
              Float64Array.from(row, (entry) => (end * entry) / Math.hypot(...row)),
              gradient,
            );
            largest = Math.max(largest, Math.hypot(...gradient));
          }
        });
        expect(largest / gradientBound).toBeCloseTo(1, 12);
      }
      // No idle bound: some sampled gradient reaches a good part of it.
      expect(largest).toBeGreaterThan(0.5 * gradientBound);
    }
  },
);

test('log-linear: the constants are those of the theory, computed from the features', async () => {
  const file = logLinear({ dimension: 2, candidates: 3, examples: { dpo: 4, sft: 2 }, beta: 0.7 });
  if (file.kind !== 'log-linear') throw new Error('expected a log-linear pair');
  const { dpo, sft } = (await parseProblem(file)).objectives;
  const distance = (a: number[], b: number[]): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const toTarget = file.sft.flatMap(({ candidates, target }) => candidates.map((c) => distance(c, candidates[target])));
  const pairs = file.sft.flatMap(({ candidates }) => candidates.flatMap((a) => candidates.map((b) => distance(a, b))));
  expect(sft.constants.gradientBound).toBeCloseTo(Math.max(...toTarget), 12);
  expect(sft.constants.smoothness).toBeCloseTo(Math.max(...pairs) ** 2 / 4, 12);
  const z = file.dpo.map(({ chosen, rejected }) => chosen.map((entry, i) => entry - rejected[i]));
  expect(dpo.constants.gradientBound).toBeCloseTo(0.7 * Math.max(...z.map(([a, b]) => Math.hypot(a, b))), 12);
  const moment = (i: number, j: number): number => z.reduce((sum, row) => sum + row[i] * row[j], 0) / z.length;
  const [a, b, c] = [moment(0, 0), moment(0, 1), moment(1, 1)];
  const largest = (a + c) / 2 + Math.hypot((a - c) / 2, b);
  expect(dpo.constants.smoothness).toBeCloseTo((0.7 ** 2 / 4) * largest, 12);
  expect([dpo.constants.strongConvexity, sft.constants.strongConvexity]).toEqual([0, 0]);
});

test('quadratics: G covers gradient and noise on the ball, and is infinite on R^d', async () => {
  const bounded = await parseProblem({
    kind: 'quadratic',
    objectives: {
      dpo: {
        hessian: [
          [2, 0],
          [0, 1],
        ],
        minimizer: [1, 0],
        noise: 0.5,
      },
      sft: {
        hessian: [
          [0, 0],
          [0, 0],
        ],
        minimizer: [1, 0],
        noise: 0.5,
      },
    },
    start: [0, 0],
    radius: 3,
  });
  const { dpo, sft } = bounded.objectives;
  // At (−3, 0) the gradient is (−8, 0), and the noise adds 2 · 0.25.
  expect(dpo.constants).toEqual({ gradientBound: Math.sqrt(64 + 0.5), smoothness: 2, strongConvexity: 1 });
  expect(sft.constants).toEqual({ gradientBound: Math.sqrt(0.5), smoothness: 0, strongConvexity: 0 });
  const free = await parseProblem(exampleProblems[0][1]);
  expect(free.objectives.dpo.constants.gradientBound).toBe(Infinity);
});
