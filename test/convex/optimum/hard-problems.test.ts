import { expect, test } from 'vitest';
import { minimizeChebyshev } from '../../../src/convex/optimum/chebyshev.js';
import { idealPoint, minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { eigenvalues } from '../../../src/convex/problem/positive-semidefinite.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';

type Quadratic = Extract<ProblemFile, { kind: 'quadratic' }>;

const diagonal = (...entries: number[]): number[][] =>
  entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));

function pair(
  dpo: number[][],
  dpoMinimizer: number[],
  sft: number[][],
  sftMinimizer: number[],
  radius?: number,
): Quadratic {
  return {
    kind: 'quadratic',
    objectives: { dpo: { hessian: dpo, minimizer: dpoMinimizer }, sft: { hessian: sft, minimizer: sftMinimizer } },
    start: dpoMinimizer.map(() => 0),
    ...(radius === undefined ? {} : { radius }),
  };
}

test('an eigenvalue of 1e-15 of the largest is no zero, however far the minimiser is', async () => {
  const problem = await parseProblem(pair(diagonal(1, 1e-15), [0, 1e9], diagonal(1, 1), [0, 0]));
  expect(minimizeWeightedSum(problem, 1)).toMatchObject({ value: 0, certificate: 0 });
  // ½·½ (θ² + 1e-15 (θ − 1e9)²) at θ = 1e-6: 250 to 15 digits.
  const half = minimizeWeightedSum(problem, 0.5);
  expect(half.value).toBeCloseTo(250, 11);
  expect(half.certificate).toBeLessThan(1e-13);
  const tiny = minimizeWeightedSum(problem, 1e-15);
  expect(tiny.value / 5e-13).toBeCloseTo(1, 12);
  expect(tiny.certificate).toBeLessThan(1e-27);
});

test('both objectives with the same far minimiser: zero for every λ', async () => {
  const problem = await parseProblem(pair(diagonal(1, 1e-15), [0, 1e9], diagonal(1, 1e-15), [0, 1e9]));
  for (const lambda of [0, 0.5, 1]) {
    const { value, certificate } = minimizeWeightedSum(problem, lambda);
    expect(value).toBeLessThanOrEqual(certificate);
    expect(certificate).toBeLessThan(1e-25);
  }
});

test('a negative eigenvalue is refused on R^d, and paid for on a ball', async () => {
  const indefinite = diagonal(1, -5e-13);
  await expect(parseProblem(pair(indefinite, [0, 0], diagonal(1, 1), [0, 0]))).rejects.toThrow('or a radius');
  const problem = await parseProblem(pair(indefinite, [0, 0], diagonal(1, 1), [0, 0], 1e9));
  const { value, certificate } = minimizeWeightedSum(problem, 1);
  // f(0, ±1e9) = −2.5e5.
  expect(value - certificate).toBeLessThanOrEqual(-2.5e5);
  expect(certificate).toBeLessThan(1e6);
});

test('singular matrices are decided exactly, one unit in the last place apart', async () => {
  const ones = [
    [1, 1],
    [1, 1],
  ];
  const problem = await parseProblem(pair(ones, [1, 2], ones, [-1, 0.5]));
  const { value, certificate } = minimizeWeightedSum(problem, 0.5);
  // ½·½ ((s − 3)² + (s + 0.5)²) at s = 1.25.
  expect(value).toBeCloseTo(0.5 * 1.75 ** 2, 14);
  expect(certificate).toBeLessThan(1e-15);
  const below = [
    [1, 1],
    [1, 1 - 2 ** -53],
  ];
  await expect(parseProblem(pair(below, [0, 0], ones, [0, 0]))).rejects.toThrow('objectives.dpo.hessian');
  const above = [
    [1, 1],
    [1, 1 + 2 ** -52],
  ];
  const definite = await parseProblem(pair(above, [3, 4], ones, [3, 4]));
  expect(minimizeWeightedSum(definite, 1)).toMatchObject({ value: 0, certificate: 0 });
});

test('blocks are decided each for itself; one too large to be is certified by nothing, with the reason', async () => {
  const dimension = 80;
  const zeros = new Array<number>(dimension).fill(0);
  const mostlyFlat = diagonal(...zeros.map((_, i) => (i % 3 === 0 ? 1 : 0)));
  const far = zeros.map((_, i) => i);
  const split = await parseProblem(pair(mostlyFlat, far, mostlyFlat, zeros));
  const solved = minimizeWeightedSum(split, 0.5);
  expect(solved.certificate).toBeLessThan(1e-10);
  const ones = zeros.map(() => zeros.map(() => 1));
  const dense = await parseProblem(pair(ones, far, ones, zeros));
  const undecided = minimizeWeightedSum(dense, 0.5);
  expect(undecided.certificate).toBe(Infinity);
  expect(undecided.reason).toContain('too large to be eliminated exactly');
  expect(minimizeChebyshev(dense, 0.5, idealPoint(dense)).reason).toBeDefined();
});

test.each<[string, number, number]>([
  ['DPO', 1, 0.3133],
  ['SFT', 0, 0.6932],
])('features of very different scales are solved: %s', async (_name, lambda, atMost) => {
  const candidates = [
    [1, -1, 0],
    [-1, 1, 1e-9],
  ];
  const problem = await parseProblem({
    kind: 'log-linear',
    dimension: 3,
    beta: 1,
    reference: [0, 0, 0],
    radius: 1e9,
    start: [0, 0, 0],
    sft: [0, 1].map((target) => ({ candidates, target })),
    dpo: [
      { chosen: [1, -1, 1e-9], rejected: [0, 0, 0] },
      { chosen: [0, 0, 1e-9], rejected: [1, -1, 0] },
    ],
  });
  const { value, certificate } = minimizeWeightedSum(problem, lambda);
  expect(value).toBeLessThan(atMost);
  // Rounding of 1e-16 in the gradient, on a ball of diameter 2e9.
  expect(certificate).toBeLessThan(1e-5);
});

test.each([1e-8, 1e-4, 1, 1e4, 1e8])('a pair of log-linear features, one %d times the other', async (scale) => {
  const problem = await parseProblem({
    kind: 'log-linear',
    dimension: 2,
    beta: 1,
    reference: [0, 0],
    radius: 3 * Math.max(1, 1 / scale),
    start: [0, 0],
    sft: [0, 0, 1].map((target) => ({
      candidates: [
        [1, 0],
        [0, scale],
      ],
      target,
    })),
    dpo: [
      { chosen: [1, scale], rejected: [0, 0] },
      { chosen: [0, scale], rejected: [1, 0] },
      { chosen: [0, -scale], rejected: [0, 0] },
    ],
  });
  for (const lambda of [0, 0.5, 1]) {
    const { value, certificate } = minimizeWeightedSum(problem, lambda);
    // A gradient of the size of the features is known to a few 1e-16 of it, which the radius multiplies.
    expect(certificate).toBeLessThan(1e-12 + 2e-15 * problem.radius * Math.max(1, scale));
    expect(value).toBeGreaterThan(0);
  }
  // Two of three targets are the first candidate.
  expect(minimizeWeightedSum(problem, 0).value).toBeCloseTo(Math.log(3) - (2 / 3) * Math.LN2, 9);
});

test('generated Hessians hold their condition number and are definite, or are refused', async () => {
  for (const condition of [1e4, 1e10, 1e14]) {
    for (let seed = 0; seed < 5; seed++) {
      const file = quadratic({ dimension: 6, condition, seed });
      await parseProblem(file);
    }
  }
  const smallest = (condition: number): number => {
    const file = quadratic({ dimension: 4, condition, seed: 3 });
    if (file.kind !== 'quadratic') throw new TypeError('expected a quadratic');
    return eigenvalues(Float64Array.from(file.objectives.dpo.hessian.flat()), 4)[0];
  };
  expect(smallest(1e8) * 1e8).toBeCloseTo(1, 5);
  for (const condition of [1e17, 1e20, 1e300]) {
    // Also where rounding happens to leave an eigenvalue of about the right size, as it does here in dimension 5.
    for (const dimension of [2, 4, 5]) {
      expect(() => quadratic({ dimension, condition })).toThrow('condition: got');
    }
  }
});

test.each([
  ['a sum of 3,000 squares', Array.from({ length: 3000 }, () => 'x^2').join('+')],
  ['the square of a product of 60 factors', `(${Array.from({ length: 60 }, () => '(x+1)').join('*')})^2`],
])('%s is solved', async (_name, dpo) => {
  const file = { kind: 'expression', variables: ['x'], objectives: { dpo, sft: 'x^2' }, radius: 1, start: [0] };
  const { value, certificate } = minimizeWeightedSum(await parseProblem(file), 1);
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(certificate);
  expect(certificate).toBeLessThan(1e-12);
});
