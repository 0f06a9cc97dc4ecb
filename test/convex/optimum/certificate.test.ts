import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificate, type Curvature } from '../../../src/convex/optimum/certificate.js';
import { eigenbasis } from '../../../src/convex/optimum/quadratic-model.js';
import { weightedFunction } from '../../../src/convex/optimum/weighted-function.js';
import { minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
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
          const gradient = new Float64Array(3);
          const reached = f.gradient(theta, gradient);
          const hessian = new Float64Array(9);
          f.hessian(theta, hessian);
          const modulus = lambda * dpo.constants.strongConvexity + (1 - lambda) * sft.constants.strongConvexity;
          const curvature: Curvature =
            file.kind === 'quadratic'
              ? { kind: 'quadratic', basis: eigenbasis(hessian, 3) }
              : { kind: 'strongly-convex', modulus };
          const bound = certificate(theta, gradient, problem.radius, curvature);
          // For a quadratic on R^d both sides are equal but for rounding.
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
    const [gradient, hessian] = [new Float64Array(3), new Float64Array(9)];
    const theta = Float64Array.of(1, -2, 0.5);
    const value = f.gradient(theta, gradient);
    f.hessian(theta, hessian);
    const bound = certificate(theta, gradient, Infinity, { kind: 'quadratic', basis: eigenbasis(hessian, 3) });
    expect(bound).toBeCloseTo(value - minimizeWeightedSum(problem, 0.4).value, 12);
  }
});

test('a linear function on a ball: the Frank–Wolfe gap is exact', () => {
  const bound = certificate(Float64Array.of(1, 0), Float64Array.of(3, 4), 2, { kind: 'strongly-convex', modulus: 0 });
  expect(bound).toBeCloseTo(3 + 2 * 5, 12);
});

test('nothing is known of a merely convex function on R^d away from its minimum', () => {
  const convex = { kind: 'strongly-convex', modulus: 0 } as const;
  expect(certificate(Float64Array.of(1), Float64Array.of(1e-12), Infinity, convex)).toBe(Infinity);
  expect(certificate(Float64Array.of(1), Float64Array.of(0), Infinity, convex)).toBe(0);
  expect(certificate(Float64Array.of(1), Float64Array.of(4), Infinity, { kind: 'strongly-convex', modulus: 2 })).toBe(
    4,
  );
});
