import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idealPoint, minimizeWeightedSum, paretoFront } from '../../../src/convex/optimum/weighted-sum.js';
import { weightedFunction } from '../../../src/convex/optimum/weighted-function.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import type { Problem } from '../../../src/convex/problem/problem.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { exampleProblems } from '../problem/example-problems.js';

const lambdas = [0, 0.01, 0.1, 0.5, 0.9, 0.99, 1];

function gradientAt(problem: Problem, lambda: number, theta: Float64Array): Float64Array {
  const gradient = new Float64Array(theta.length);
  weightedFunction(problem, lambda).gradient(theta, gradient);
  return gradient;
}

/** The largest violation of the first-order conditions: −∇F = γθ, γ ≥ 0, γ = 0 inside the ball. */
function kktResidual(problem: Problem, lambda: number, theta: Float64Array): number {
  const gradient = gradientAt(problem, lambda, theta);
  const norm = Math.hypot(...theta);
  if (norm < problem.radius * (1 - 1e-9)) return Math.hypot(...gradient);
  const multiplier = -gradient.reduce((sum, entry, i) => sum + entry * theta[i], 0) / norm ** 2;
  const residual = gradient.map((entry, i) => entry + multiplier * theta[i]);
  return Math.max(Math.hypot(...residual), -multiplier);
}

const allowed = (value: number): number => 1e-10 * Math.max(1, Math.abs(value));

describe.each(exampleProblems)('%s', (_name, file) => {
  test('minimisers are in the ball, stationary and certified', async () => {
    const problem = await parseProblem(file);
    for (const lambda of lambdas) {
      const { minimizer, value, certificate, dpo, sft } = minimizeWeightedSum(problem, lambda);
      expect(Math.hypot(...minimizer)).toBeLessThanOrEqual(problem.radius);
      expect(certificate).toBeGreaterThanOrEqual(0);
      expect(certificate).toBeLessThanOrEqual(allowed(value));
      expect(kktResidual(problem, lambda, minimizer)).toBeLessThan(1e-6);
      expect(value).toBeCloseTo(lambda * dpo + (1 - lambda) * sft, 12);
    }
  });
});

test('quadratics in two dimensions: the minimiser by Cramer’s rule', async () => {
  const [a, b] = [
    [3, 1, 2],
    [1, -0.5, 4],
  ];
  const [c, d] = [
    [1, -2],
    [0.5, 3],
  ];
  const problem = await parseProblem({
    kind: 'quadratic',
    objectives: {
      dpo: {
        hessian: [
          [a[0], a[1]],
          [a[1], a[2]],
        ],
        minimizer: c,
      },
      sft: {
        hessian: [
          [b[0], b[1]],
          [b[1], b[2]],
        ],
        minimizer: d,
      },
    },
    start: [0, 0],
  });
  for (const lambda of lambdas) {
    const [p, q, r] = [0, 1, 2].map((i) => lambda * a[i] + (1 - lambda) * b[i]);
    const right = [0, 1].map(
      (i) => lambda * (a[i] * c[0] + a[i + 1] * c[1]) + (1 - lambda) * (b[i] * d[0] + b[i + 1] * d[1]),
    );
    const determinant = p * r - q * q;
    const expected = [(r * right[0] - q * right[1]) / determinant, (p * right[1] - q * right[0]) / determinant];
    const { minimizer } = minimizeWeightedSum(problem, lambda);
    expect(minimizer[0]).toBeCloseTo(expected[0], 13);
    expect(minimizer[1]).toBeCloseTo(expected[1], 13);
  }
});

test('on the line with a ball, the minimiser is the free one cut off', async () => {
  for (const radius of [0.1, 0.5, 2]) {
    const line = { hessian: [[1]], minimizer: [1] };
    const problem = await parseProblem({
      kind: 'quadratic',
      objectives: { dpo: line, sft: { hessian: [[1]], minimizer: [-1] } },
      start: [0],
      radius,
    });
    for (const lambda of lambdas) {
      const free = 2 * lambda - 1;
      const { minimizer, certificate } = minimizeWeightedSum(problem, lambda);
      expect(minimizer[0]).toBeCloseTo(Math.sign(free) * Math.min(radius, Math.abs(free)), 14);
      expect(certificate).toBeLessThan(1e-13);
    }
  }
});

test('a single preference on the line: the end of the ball', async () => {
  const problem = await parseProblem({
    kind: 'log-linear',
    dimension: 1,
    beta: 0.5,
    reference: [0.3],
    radius: 20,
    start: [0],
    sft: [
      { candidates: [[0], [1]], target: 1 },
      { candidates: [[0], [1]], target: 0 },
      { candidates: [[0], [1]], target: 1 },
    ],
    dpo: [{ chosen: [2], rejected: [0] }],
  });
  const { dpo, sft } = idealPoint(problem);
  expect(dpo.minimizer[0]).toBeCloseTo(20, 12);
  expect(dpo.value / Math.exp(-19.7)).toBeCloseTo(1, 8);
  // Two of three want candidate 1: σ(θ) = 2/3.
  expect(sft.minimizer[0]).toBeCloseTo(Math.LN2, 9);
  expect(sft.value).toBeCloseTo(Math.log(3) - (2 / 3) * Math.LN2, 14);
});

describe('hard problems are certified to 1e-10', () => {
  const singular = (seed: number, radius?: number): ProblemFile => {
    // Rank 2 in R^4: f_DPO sees the first two coordinates, f_SFT the middle two; the last is flat for both.
    const diagonal = (entries: number[]): number[][] =>
      entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
    return {
      kind: 'quadratic',
      objectives: {
        dpo: { hessian: diagonal([1, 1e-3, 0, 0]), minimizer: [3, seed, 0, 5] },
        sft: { hessian: diagonal([0, 0.5, 2, 0]), minimizer: [0, -1, seed, -7] },
      },
      start: [0, 0, 0, 0],
      ...(radius === undefined ? {} : { radius }),
    };
  };
  const separable = (radius: number): ProblemFile => ({
    kind: 'log-linear',
    dimension: 3,
    beta: 1,
    reference: [0, 0, 0],
    radius,
    start: [0, 0, 0],
    sft: [
      {
        candidates: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
        target: 0,
      },
    ],
    dpo: [
      { chosen: [0, 1, 0.1], rejected: [0, 0, 0] },
      { chosen: [0, 1, -0.1], rejected: [0.5, 0, 0] },
    ],
  });
  test.each<[string, ProblemFile]>([
    ['condition number 1e6', quadratic({ dimension: 10, condition: 1e6, seed: 0 })],
    [
      'condition number 1e6, ball active',
      quadratic({ dimension: 10, condition: 1e6, distance: 20, radius: 1, seed: 1 }),
    ],
    ['condition number 1e6, small ball', quadratic({ dimension: 5, condition: 1e6, radius: 1e-3, seed: 2 })],
    [
      'condition number 1e6, ball barely active',
      quadratic({ dimension: 6, condition: 1e6, radius: Math.SQRT2 * 0.999, seed: 3 }),
    ],
    ['condition number 1e6, minimisers far out', quadratic({ dimension: 6, condition: 1e6, distance: 1e4, seed: 4 })],
    ['singular Hessians', singular(2)],
    ['singular Hessians, ball active', singular(3, 0.5)],
    ['singular Hessians, ball wide', singular(3, 100)],
    ['separable preferences', separable(5)],
    ['separable preferences, wide ball', separable(200)],
    ['more dimensions than examples', logLinear({ dimension: 30, examples: 8, radius: 20, seed: 1 })],
    ['the reference is the SFT minimiser', logLinear({ dimension: 8, reference: 'sft', conflict: 1, seed: 2 })],
  ])('%s', async (_name, file) => {
    const problem = await parseProblem(file);
    for (const lambda of lambdas) {
      const { value, certificate, minimizer } = minimizeWeightedSum(problem, lambda);
      expect(certificate).toBeLessThanOrEqual(allowed(value));
      expect(Math.hypot(...minimizer)).toBeLessThanOrEqual(problem.radius);
    }
  });
});

test('the solution does not depend on the start by more than the certificates', async () => {
  const problem = await parseProblem(logLinear({ dimension: 3, examples: 20, seed: 6 }));
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -2.8, max: 2.8, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (start, lambda) => {
        const [a, b] = [
          minimizeWeightedSum(problem, lambda),
          minimizeWeightedSum(problem, lambda, Float64Array.from(start)),
        ];
        expect(Math.abs(a.value - b.value)).toBeLessThanOrEqual(Math.max(a.certificate, b.certificate) + 1e-15);
      },
    ),
    { numRuns: 50 },
  );
});

test('no sampled point of the domain beats a certified minimum', async () => {
  const problem = await parseProblem(logLinear({ dimension: 2, examples: 15, radius: 1.5, seed: 7 }));
  for (const lambda of lambdas) {
    const { value, certificate } = minimizeWeightedSum(problem, lambda);
    const f = weightedFunction(problem, lambda);
    let lowest = Infinity;
    for (let ring = 0; ring <= 40; ring++) {
      for (let turn = 0; turn < 120; turn++) {
        const [size, angle] = [(1.5 * ring) / 40, (2 * Math.PI * turn) / 120];
        lowest = Math.min(lowest, f.value(Float64Array.of(size * Math.cos(angle), size * Math.sin(angle))));
      }
    }
    expect(value - certificate).toBeLessThanOrEqual(lowest);
    expect(lowest - value).toBeLessThan(5e-3);
  }
});

test('along the front DPO falls and SFT rises with λ', async () => {
  const problem = await parseProblem(logLinear({ dimension: 4, examples: 40, seed: 8 }));
  const front = paretoFront(problem, [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]);
  for (let i = 1; i < front.length; i++) {
    expect(front[i].dpo).toBeLessThan(front[i - 1].dpo);
    expect(front[i].sft).toBeGreaterThan(front[i - 1].sft);
  }
  front.forEach(({ lambda, value }) => {
    expect(value).toBeCloseTo(minimizeWeightedSum(problem, lambda).value, 12);
  });
});

test.each([-0.1, 1.1, NaN])('λ = %d is refused', async (lambda) => {
  const problem = await parseProblem(exampleProblems[0][1]);
  expect(() => minimizeWeightedSum(problem, lambda)).toThrow(`lambda: got ${lambda}`);
});
