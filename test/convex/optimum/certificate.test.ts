import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificate, type KnownCurvature } from '../../../src/convex/optimum/certificate.js';
import { quadraticCurvature } from '../../../src/convex/optimum/minimize-quadratic.js';
import { evaluatePrecisely, weightedFunction } from '../../../src/convex/optimum/weighted-function.js';
import { minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import type { PreciseEvaluation } from '../../../src/convex/problem/problem.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

const flat = (radius?: number): ProblemFile => ({
  kind: 'quadratic',
  objectives: {
    dpo: {
      hessian: [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
      minimizer: [2, 0, 1],
    },
    sft: {
      hessian: [
        [2, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      minimizer: [-1, 1, 4],
    },
  },
  start: [0, 0, 0],
  ...(radius === undefined ? {} : { radius }),
});

const expression: ProblemFile = {
  kind: 'expression',
  variables: ['x', 'y', 'z'],
  objectives: { dpo: '(x-1)^2 + 3 y^2 + z^2 + exp(x/2)', sft: 'x^2 + y^2 + (z+2)^2 + log(1+exp(x-y))' },
  strongConvexity: { dpo: 2, sft: 2 },
  start: [0, 0, 0],
};

describe.each<[string, ProblemFile]>([
  ['quadratic', quadratic({ dimension: 3, condition: 100, seed: 1 })],
  ['quadratic, minimisers outside the ball', quadratic({ dimension: 3, condition: 1e4, radius: 0.8, seed: 2 })],
  ['quadratic, minimisers inside the ball', quadratic({ dimension: 3, condition: 100, radius: 6, seed: 3 })],
  ['singular quadratic', flat()],
  ['singular quadratic in a ball', flat(1)],
  ['log-linear', logLinear({ dimension: 3, examples: 12, radius: 2, seed: 4 })],
  ['strongly convex expression', expression],
  ['strongly convex expression in a ball', { ...expression, radius: 1 }],
])('%s', (_name, file) => {
  test('the certificate of a perturbed point is at least its true suboptimality', async () => {
    const problem = await parseProblem(file);
    const { dpo, sft } = problem.objectives;
    const optima = [0, 0.2, 0.5, 0.8, 1].map((lambda) => minimizeWeightedSum(problem, lambda));
    fc.assert(
      fc.property(
        fc.constantFrom(...optima),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: -8, max: 1 }),
        fc.boolean(),
        ({ lambda, minimizer, value }, direction, exponent, ontoSphere) => {
          let theta = minimizer.map((entry, i) => entry + direction[i] * 10 ** exponent);
          const norm = Math.hypot(...theta);
          const onSphere = ontoSphere && Number.isFinite(problem.radius) && norm > 0;
          if (norm > problem.radius || onSphere) {
            theta = theta.map((entry) => (entry * problem.radius * (1 - 1e-15)) / norm);
          }
          const f = weightedFunction(problem, lambda);
          const evaluation = evaluatePrecisely(f, theta);
          const reached = evaluation.value[0];
          const modulus = lambda * dpo.constants.strongConvexity + (1 - lambda) * sft.constants.strongConvexity;
          const curvature: KnownCurvature =
            problem.data.kind === 'quadratic'
              ? quadraticCurvature(problem.data, lambda)
              : { kind: 'strongly-convex', modulus };
          const { bound } = certificate(theta, evaluation, problem.radius, curvature);
          expect(bound).toBeGreaterThanOrEqual(reached - value - 1e-14 * (1 + Math.abs(value) + Math.abs(reached)));
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('on R^d it is exact for a quadratic, singular or not', async () => {
  for (const file of [quadratic({ dimension: 3, condition: 20, seed: 5 }), flat()]) {
    const problem = await parseProblem(file);
    const f = weightedFunction(problem, 0.4);
    const theta = Float64Array.of(1, -2, 0.5);
    if (problem.data.kind !== 'quadratic') throw new TypeError('expected a quadratic');
    const curvature = quadraticCurvature(problem.data, 0.4);
    const { bound } = certificate(theta, evaluatePrecisely(f, theta), Infinity, curvature);
    expect(bound).toBeCloseTo(f.value(theta) - minimizeWeightedSum(problem, 0.4).value, 12);
  }
});

/** A value of 0 and a gradient, both exact. */
const exactly = (...gradient: number[]): PreciseEvaluation => ({
  value: [0, 0],
  valueError: 0,
  gradient: { high: Float64Array.from(gradient), low: new Float64Array(gradient.length) },
  gradientError: 0,
});

test('a linear function on a ball: the Frank–Wolfe gap is exact', () => {
  const convex = { kind: 'strongly-convex', modulus: 0 } as const;
  const { bound } = certificate(Float64Array.of(1, 0), exactly(3, 4), 2, convex);
  expect(bound).toBeCloseTo(3 + 2 * 5, 12);
});

test('nothing is known of a merely convex function on R^d away from its minimum', () => {
  const convex = { kind: 'strongly-convex', modulus: 0 } as const;
  const at = (slope: number, curvature: KnownCurvature) =>
    certificate(Float64Array.of(1), exactly(slope), Infinity, curvature);
  expect(at(1e-12, convex)).toEqual({ bound: Infinity, reason: 'not known to be strongly convex, and no ball' });
  expect(at(0, convex).bound).toBe(0);
  expect(at(4, { kind: 'strongly-convex', modulus: 2 }).bound).toBeCloseTo(4, 13);
});
