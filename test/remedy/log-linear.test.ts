import { expect, it } from 'vitest';
import { ontoBall } from '../../src/convex/optimum/quadratic-model.js';
import { idealPoint } from '../../src/convex/optimum/weighted-sum.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { logLinear } from '../../src/convex/generate/log-linear.js';
import { exampleCount, rowCount, rowProduct } from '../../src/convex/problem/feature-rows.js';
import { forgettingKl, forgettingNeedsPoints } from '../../src/convex/simulate/scale-free.js';
import { bregmanDivergence } from '../../src/remedy/bregman.js';
import { compareRemedies } from '../../src/remedy/compare.js';
import { gapAt } from '../../src/remedy/judge.js';
import { remedies } from '../../src/remedy/index.js';
import { isReason } from '../../src/remedy/limit.js';
import { setup, type Setup } from '../../src/remedy/setup.js';
import { stream } from '../../src/base/random-stream.js';
import { planeFile } from '../problems.js';

const file = logLinear({ dimension: 3, candidates: 4, examples: 40, radius: 20, sharpness: 1, seed: 2 });

async function prepared(lambda = 0.3, more: Partial<Parameters<typeof setup>[1]> = {}): Promise<Setup> {
  return setup(await parseProblem(file), { lambda, steps: 200, seeds: 2, ...more });
}

function gapOf(at: Setup, name: string, value: unknown): number {
  const found = remedies[name].limit(at, value);
  if (isReason(found)) throw new Error(found.reason);
  return gapAt(at, found.minimizer);
}

it('forgetting is a KL divergence: f_SFT − f_SFT* by its definition over all candidates', async () => {
  const at = await prepared();
  const { data, objectives, dimension } = at.problem;
  if (data.kind !== 'log-linear') throw new Error('a log-linear pair is what was asked for');
  const { rows } = data.sft;
  const policy = (n: number, theta: Float64Array): number[] => {
    const powers = Array.from({ length: rowCount(rows, n) }, (_, k) => Math.exp(rowProduct(rows, n, k, theta)));
    const sum = powers.reduce((total, power) => total + power, 1);
    return [1 / sum, ...powers.map((power) => power / sum)];
  };
  const { normal } = stream(0, 'test-kl');
  const divergence = bregmanDivergence(objectives.sft, at.stageOne);
  for (let trial = 0; trial < 5; trial++) {
    const theta = Float64Array.from({ length: dimension }, () => 2 * normal());
    let kl = 0;
    for (let n = 0; n < exampleCount(rows); n++) {
      const there = policy(n, theta);
      policy(n, at.stageOne).forEach((p, k) => (kl += (p * Math.log(p / there[k])) / exampleCount(rows)));
    }
    expect(objectives.sft.value(theta) - at.optima.ideal.sft.value).toBeCloseTo(kl, 11);
    expect(divergence.value(theta)).toBeCloseTo(kl, 11);
    expect(forgettingKl(at.problem, at.optima, [objectives.sft.value(theta)])?.mean).toBeCloseTo(kl, 11);
  }
});

it('forgetting is a KL divergence on the boundary too, where the points are known (N7)', async () => {
  const problem = await parseProblem({ ...file, radius: 0.5 });
  const { objectives, dimension, radius } = problem;
  const optima = { ideal: idealPoint(problem) };
  const { minimizer, value } = optima.ideal.sft;
  expect(forgettingNeedsPoints(problem, minimizer)).toBe(true);
  const { normal } = stream(0, 'test-kl-boundary');
  const divergence = bregmanDivergence(objectives.sft, minimizer);
  const gradient = new Float64Array(dimension);
  objectives.sft.gradient(minimizer, gradient);
  const slope = Math.hypot(...gradient);
  for (let trial = 0; trial < 5; trial++) {
    const theta = ontoBall(
      Float64Array.from({ length: dimension }, () => 0.3 * normal()),
      radius,
    );
    const above = objectives.sft.value(theta) - value;
    const kl = forgettingKl(problem, optima, [objectives.sft.value(theta)], [theta])?.mean ?? NaN;
    expect(kl).toBeCloseTo(divergence.value(theta), 9);
    const squares = theta.reduce((sum, entry, i) => sum + (entry - minimizer[i]) ** 2, 0);
    expect(kl + (slope * squares) / (2 * radius)).toBeLessThanOrEqual(above + 1e-9);
    expect(kl + 2 * slope * radius).toBeGreaterThanOrEqual(above - 1e-9);
    expect(kl).toBeLessThan(above);
    expect(forgettingKl(problem, optima, [objectives.sft.value(theta)])).toBeUndefined();
  }
});

it('the KL anchor and the replay of own replies reach θ_λ* by theory, and what the anchors miss is seen', async () => {
  const at = await prepared();
  expect(gapOf(at, 'kl-anchor', 0.7 / 0.3)).toBeLessThan(1e-12);
  expect(gapOf(at, 'own-replay', 0.7)).toBeLessThan(1e-12);
  expect(gapOf(at, 'kl-anchor', 1)).toBeCloseTo(gapOf(at, 'own-replay', 0.5), 12);
  expect(gapOf(at, 'kl-anchor', 1)).toBeGreaterThan(1e-4);
  expect(gapOf(at, 'laplace-anchor', 0.7 / 0.3)).toBeGreaterThan(1e-5);
  expect(gapOf(at, 'kl-anchor', Infinity)).toBeCloseTo(gapOf(at, 'average', 0), 12);
});

it('the budget is kept, and its point of the front is certified', async () => {
  const at = await prepared();
  const { objectives } = at.problem;
  for (const delta of [0.01, 0.05, 0.2]) {
    const found = remedies.budget.limit(at, delta);
    if (isReason(found)) throw new Error(found.reason);
    const loss = objectives.sft.value(found.minimizer) - at.optima.ideal.sft.value;
    expect(loss).toBeCloseTo(delta, 9);
    expect(found.certificate).toBeLessThan(1e-9);
  }
});

it('runs of the terms tend to their limits', async () => {
  const at = await prepared(0.5, { steps: 40_000, stepSize: '1/sqrt(t)', batch: 4, seeds: 2 });
  const compared = compareRemedies(at, { only: ['kl-anchor', 'own-replay', 'l2-anchor'] });
  expect(compared.sequentialGap).toBeGreaterThan(0.2);
  for (const { name, limit, measured } of compared.remedies) {
    const difference = Math.abs((measured?.gap.mean ?? NaN) - (limit?.gap ?? NaN));
    expect(difference, name).toBeLessThan(0.02);
  }
});

it('what does not apply says why, and is refused where it was asked for', async () => {
  const plane = await parseProblem(planeFile());
  const on = (lambda: number, options: Parameters<typeof compareRemedies>[1]) => () =>
    compareRemedies(setup(plane, { lambda, steps: 20, seeds: 1 }), options);
  const all = on(0.5, {})();
  for (const name of ['own-replay', 'kl-anchor', 'chosen-nll']) {
    expect(all.remedies.find((row) => row.name === name)).toMatchObject({
      limit: null,
      measured: null,
      reason: /log-linear/,
    });
    expect(on(0.5, { only: [name] })).toThrow(/log-linear/);
  }
  expect(on(0.5, { given: { klAnchor: '1' } })).toThrow(/log-linear/);
  expect(on(0, { only: ['l2-anchor'] })).toThrow(/undefined at λ = 0/);
  expect(on(0, {})().remedies.find(({ name }) => name === 'l2-anchor')).toMatchObject({ limit: null, reason: /λ = 0/ });
  expect(on(0, { only: ['smooth-tchebycheff'] })).toThrow(/--smoothing/);
  expect(on(0.5, { only: ['nothing'] })).toThrow(/only: got "nothing"/);
  expect(on(0.5, { only: ['mix'], given: { replay: '0.5' } })).toThrow(
    /replay: got "0.5", expected replay or own-replay/,
  );
  for (const [name, text, expected] of [
    ['replay', '1.5', /replay: got "1.5", expected a number in \[0, 1\]/],
    ['l2Anchor', '-1', /l2-anchor: got "-1", expected a number ≥ 0/],
    ['average', 'x', /average: got "x"/],
    ['forgetAtMost', '-0.1', /forget-at-most: got "-0.1", expected a number ≥ 0/],
    ['smoothing', '0', /smoothing: got "0", expected a number > 0/],
    ['cycles', '0', /cycles: got "0"/],
    ['share', 'x', /share/],
    ['subspace', '3', /at most the 2 dimensions/],
    ['conflictAversion', '1', /conflict-aversion: got "1"/],
  ] as const) {
    expect(on(0.5, { given: { [name]: text } }), name).toThrow(expected);
  }
});
