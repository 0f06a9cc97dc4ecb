import { describe, expect, test } from 'vitest';
import type { Objective } from '../../../src/convex/problem/problem.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stream } from '../../../src/base/random-stream.js';
import { exampleProblems } from './example-problems.js';

/** The derivative of a function of one number at 0 by central differences, Richardson-extrapolated: error O(h⁴). */
function derivative(f: (t: number) => number, h = 1e-3): number {
  const central = (step: number): number => (f(step) - f(-step)) / (2 * step);
  return (4 * central(h / 2) - central(h)) / 3;
}

function moved(theta: Float64Array, i: number, by: number): Float64Array {
  const copy = Float64Array.from(theta);
  copy[i] += by;
  return copy;
}

function gradientOf(objective: Objective, theta: Float64Array): Float64Array {
  const gradient = new Float64Array(theta.length);
  objective.gradient(theta, gradient);
  return gradient;
}

describe.each(exampleProblems)('%s', (_name, file) => {
  test.each(['dpo', 'sft'] as const)('%s: value, gradient and Hessian agree with differences', async (name) => {
    const problem = await parseProblem(file);
    const objective = problem.objectives[name];
    const { dimension } = problem;
    const random = stream(0, 'derivative-points');
    for (let trial = 0; trial < 5; trial++) {
      const theta = Float64Array.from({ length: dimension }, () => 1.5 * random.normal());
      const gradient = new Float64Array(dimension).fill(NaN);
      const hessian = new Float64Array(dimension ** 2).fill(NaN);
      // The two values may be summed in another order.
      expect(objective.gradient(theta, gradient)).toBeCloseTo(objective.value(theta), 12);
      objective.hessian(theta, hessian);
      const scale = 1 + Math.abs(objective.value(theta));
      for (let i = 0; i < dimension; i++) {
        const slope = derivative((t) => objective.value(moved(theta, i, t)));
        expect(Math.abs(gradient[i] - slope) / scale).toBeLessThan(1e-10);
        for (let j = 0; j < dimension; j++) {
          const curvature = derivative((t) => gradientOf(objective, moved(theta, i, t))[j]);
          expect(Math.abs(hessian[i * dimension + j] - curvature) / scale).toBeLessThan(1e-10);
          expect(hessian[i * dimension + j]).toBe(hessian[j * dimension + i]);
        }
      }
    }
  });
});

test('log-linear losses neither overflow nor lose digits far from the origin', async () => {
  const problem = await parseProblem({
    kind: 'log-linear',
    dimension: 1,
    beta: 2,
    reference: [0],
    radius: 1e4,
    start: [0],
    sft: [{ candidates: [[0], [1]], target: 1 }],
    dpo: [{ chosen: [1], rejected: [0] }],
  });
  const { dpo, sft } = problem.objectives;
  // −log σ(x) is exp(−x) far out on one side and −x on the other.
  expect(sft.value(Float64Array.of(-1e4))).toBe(1e4);
  expect(dpo.value(Float64Array.of(-5e3))).toBe(1e4);
  expect(dpo.value(Float64Array.of(15)) / Math.exp(-30)).toBeCloseTo(1, 12);
  expect(sft.value(Float64Array.of(30)) / Math.exp(-30)).toBeCloseTo(1, 12);
  for (const theta of [-1e4, -800, 800, 1e4]) {
    for (const objective of [dpo, sft]) {
      const gradient = Float64Array.of(NaN);
      expect(Number.isFinite(objective.gradient(Float64Array.of(theta), gradient))).toBe(true);
      expect(Number.isFinite(gradient[0])).toBe(true);
    }
  }
});
