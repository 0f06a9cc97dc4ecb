import { describe, expect, test } from 'vitest';
import { minimizeChebyshev, chebyshev } from '../../../src/convex/optimum/chebyshev.js';
import { idealPoint } from '../../../src/convex/optimum/weighted-sum.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { closedForm } from '../../../src/convex/generate/closed-form.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { exampleProblems } from '../problem/example-problems.js';

const lambdas = [0.01, 0.1, 0.5, 0.75, 0.99];

async function solved(file: ProblemFile, lambda: number) {
  const problem = await parseProblem(file);
  const ideal = idealPoint(problem);
  const { dpo, sft } = problem.objectives;
  const best = { dpo: ideal.dpo.value, sft: ideal.sft.value };
  const at = (theta: Float64Array): number => chebyshev(lambda, dpo.value(theta), sft.value(theta), best);
  return { problem, minimum: minimizeChebyshev(problem, lambda, ideal), at };
}

test('the closed-form pair: √λ (1 − θ) = √(1 − λ) (1 + θ)', async () => {
  for (const lambda of [0, ...lambdas, 1]) {
    const { minimum } = await solved(closedForm(), lambda);
    const [a, b] = [Math.sqrt(lambda), Math.sqrt(1 - lambda)];
    expect(minimum.minimizer[0]).toBeCloseTo((a - b) / (a + b), 9);
    expect(minimum.value).toBeCloseTo(2 * ((a * b) / (a + b)) ** 2, 13);
    expect(minimum.certificate).toBeLessThan(1e-12);
  }
});

test('equal objectives: the common minimiser, with F_max 0', async () => {
  const objective = {
    hessian: [
      [2, 1],
      [1, 2],
    ],
    minimizer: [1, -1],
  };
  const { minimum } = await solved(
    { kind: 'quadratic', objectives: { dpo: objective, sft: objective }, start: [0, 0] },
    0.3,
  );
  expect(minimum.value).toBeLessThan(1e-13);
  expect(minimum.minimizer[0]).toBeCloseTo(1, 6);
});

describe.each<[string, ProblemFile]>([
  ...exampleProblems,
  ['condition number 1e6', quadratic({ dimension: 8, condition: 1e6, seed: 1 })],
  ['condition number 1e6, ball active', quadratic({ dimension: 8, condition: 1e6, distance: 20, radius: 1, seed: 2 })],
  ['opposed', logLinear({ dimension: 6, conflict: 1, seed: 3 })],
  ['aligned', logLinear({ dimension: 6, conflict: -1, seed: 3 })],
])('%s', (_name, file) => {
  test('certified to 1e-10, feasible, and the value is F_max there', async () => {
    for (const lambda of [0, ...lambdas, 1]) {
      const { problem, minimum, at } = await solved(file, lambda);
      expect(minimum.certificate).toBeGreaterThanOrEqual(0);
      expect(minimum.certificate).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(minimum.value)));
      expect(Math.hypot(...minimum.minimizer)).toBeLessThanOrEqual(problem.radius);
      // `at` rounds its values, by about condition number times 1e-16.
      expect(Math.abs(minimum.value - at(minimum.minimizer))).toBeLessThan(1e-13 + minimum.certificate);
    }
  });
});

test('brute force on the line', async () => {
  const file: ProblemFile = {
    kind: 'expression',
    variables: ['x'],
    objectives: { dpo: '(x-1)^2 + exp(x)/3', sft: 'log(1+exp(-3x)) + (x+1)^2/4' },
    radius: 2,
    start: [0],
  };
  for (const lambda of lambdas) {
    const { minimum, at } = await solved(file, lambda);
    let lowest = Infinity;
    for (let k = -200000; k <= 200000; k++) lowest = Math.min(lowest, at(Float64Array.of(k / 100000)));
    // The slope of F_max is below 10 on the domain, the grid's half-width 5e-6.
    expect(minimum.value - minimum.certificate).toBeLessThanOrEqual(lowest);
    expect(lowest - minimum.value).toBeLessThan(5e-5);
  }
});

test.each<[string, ProblemFile]>([
  ['quadratic', quadratic({ condition: 30, radius: 3, seed: 9 })],
  ['quadratic, ball active', quadratic({ condition: 30, radius: 0.6, seed: 9 })],
  ['log-linear', logLinear({ dimension: 2, examples: 12, radius: 1, seed: 10 })],
])('brute force in the plane: %s', async (_name, file) => {
  for (const lambda of [0.1, 0.6]) {
    const { problem, minimum, at } = await solved(file, lambda);
    // Grids around the best point so far, each a tenth of the last.
    let [lowest, width] = [Infinity, problem.radius];
    let centre = [0, 0];
    for (let round = 0; round < 7; round++) {
      const from = centre;
      for (let i = -20; i <= 20; i++) {
        for (let j = -20; j <= 20; j++) {
          const theta = Float64Array.of(from[0] + (width * i) / 20, from[1] + (width * j) / 20);
          if (Math.hypot(...theta) > problem.radius) continue;
          const value = at(theta);
          if (value < lowest) [lowest, centre] = [value, Array.from(theta)];
        }
      }
      width /= 4;
    }
    expect(minimum.value - minimum.certificate).toBeLessThanOrEqual(lowest + 1e-15);
    expect(lowest - minimum.value).toBeLessThan(1e-3);
  }
});

test('the gaps are equal at the minimiser where both objectives matter', async () => {
  const { problem, minimum } = await solved(logLinear({ dimension: 4, conflict: 0.5, seed: 11 }), 0.4);
  const ideal = idealPoint(problem);
  expect(0.4 * (minimum.dpo - ideal.dpo.value)).toBeCloseTo(0.6 * (minimum.sft - ideal.sft.value), 10);
});
