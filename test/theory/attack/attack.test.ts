import { expect, test } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { alright } from '../../../src/schedule/alright.js';
import { maxright } from '../../../src/schedule/maxright.js';
import { polyhedralPair } from '../../../src/theory/attack/polyhedral-pair.js';
import { replay } from '../../../src/theory/worst-case/replay.js';
import type { WorstProblem } from '../../../src/theory/worst-case/worst-problem.js';
import { attack, attackable } from '../../../src/theory/attack/attack.js';
import { choiceTree } from '../../../src/theory/choice-tree.js';
import type { Constants } from '../../../src/theory/constants.js';
import { constantSteps } from '../../../src/theory/described-run.js';
import { simulated } from '../../../src/theory/measure.js';
import { theorems } from '../../../src/theory/registry.js';
import { computed } from '../../../src/theory/measurement.js';
import { problemSubject } from '../../../src/theory/subject.js';
import { theorem } from '../../../src/theory/theorem.js';
import { selected } from '../../../src/theory/verify/verify.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { planeFile } from '../../problems.js';

const extent = { steps: [5], seeds: 4000, seed: 0, rateSteps: [], rateSeeds: 0 };

test.each(['A.average', 'M.exact'])(
  '%s times 0.7 is broken within 300 instances, by a problem that can be stored',
  async (id) => {
    const [theorem] = selected(theorems, [id]);
    const weaker = { ...theorem, value: (constants: Constants) => 0.7 * theorem.value(constants) };
    const closest = await attack(weaker, { instances: 300 }, 0);
    expect(closest?.measurement.mean).toBeGreaterThan(closest?.bound ?? Infinity);
    // What is stored is a problem again, and the theorem as it stands holds on it.
    const file: unknown = JSON.parse(JSON.stringify(closest?.file));
    const [lambda, steps] = [closest?.lambda ?? NaN, closest?.steps ?? 0];
    if (closest?.file.kind === 'worst-case') {
      const { start, objectives } = closest.file;
      const norms = Object.values(objectives).map((f) =>
        f.kind === 'piecewise-linear' ? Math.max(...f.pieces.map(({ gradient }) => Math.hypot(...gradient))) : NaN,
      );
      const [dpo, sft] = norms;
      const G = id === 'A.average' ? Math.sqrt(lambda * dpo ** 2 + (1 - lambda) * sft ** 2) : Math.max(dpo, sft);
      const stepSizes = constantSteps(Math.hypot(...start) / (G * Math.sqrt(steps)), steps);
      const schedule = id === 'A.average' ? alright : maxright;
      const settings = { lambda, steps, ...(closest.file.ideal === undefined ? {} : { ideal: closest.file.ideal }) };
      const [iterate, gap] = id === 'A.average' ? (['average', 'weighted'] as const) : (['mean', 'max'] as const);
      const { value } = replay(file as WorstProblem, schedule, settings, stepSizes, iterate, gap);
      expect(value).toBeCloseTo(closest.measurement.mean, 10);
      expect(value).toBeLessThanOrEqual((closest.bound / 0.7) * (1 + 1e-12));
      return;
    }
    const problem = await parseProblem(file);
    const subject = problemSubject('closest', problem, lambda);
    const trials = theorem.trials(subject, { ...extent, steps: [steps], wholeTree: true });
    if ('reason' in trials) throw new Error(trials.reason);
    for (const trial of trials) {
      const ratio = trial.measure().mean / theorem.value(trial.constants);
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThanOrEqual(1 + 1e-12);
    }
  },
);

test('a polyhedral pair is least at the origin, as it says', () => {
  const { normal, uniform } = stream(3, 'polyhedral');
  for (const ofMax of [false, true]) {
    for (let trial = 0; trial < 20; trial++) {
      const lambda = 0.1 + 0.8 * uniform();
      const parameters = Array.from({ length: 60 }, () => normal());
      const { subject } = polyhedralPair(parameters, { dimension: 3, lambda, ofMax });
      const { dpo, sft } = subject.pair.objectives;
      const values = (at: Float64Array): [number, number] => [lambda * dpo.value(at), (1 - lambda) * sft.value(at)];
      for (let point = 0; point < 40; point++) {
        const at = Float64Array.from({ length: 3 }, () => 10 ** (1 - 3 * uniform()) * normal());
        const [a, b] = values(at);
        expect(ofMax ? Math.max(a, b) : a + b).toBeGreaterThanOrEqual(-1e-12);
      }
      expect(Math.max(subject.bounds.dpo.gradientBound, subject.bounds.sft.gradientBound)).toBeLessThan(1 + 1e-12);
    }
  }
});

test('the bounds as they stand are approached, not broken', async () => {
  const [theorem] = selected(theorems, ['A.average']);
  const closest = await attack(theorem, { instances: 200 }, 0);
  const ratio = (closest?.measurement.mean ?? NaN) / (closest?.bound ?? NaN);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThanOrEqual(1 + 1e-12);
});

test.each([
  ['a ratio that is rounding', 1.02e-8, 1e-9, undefined],
  ['a bound broken beyond the error', 1.2e-8, 1e-9, 1.2],
  ['a ratio that is known', 0.9e-8, 1e-12, 0.9],
] as const)('of a computed number with its error: %s', async (_, mean, error, ratio) => {
  const bounded = theorem({
    id: 'small',
    kind: 'upper',
    measured: 'x',
    formula: 'epsilon',
    needs: ['epsilon'],
    reference: 'this test',
    origin: 'this test',
    trials: () => [{ steps: 0, constants: { epsilon: 1e-8 }, measure: () => computed(mean, error) }],
  });
  const closest = await attack(bounded, { instances: 20 }, 0);
  if (ratio === undefined) expect(closest).toBeUndefined();
  else expect((closest?.measurement.mean ?? NaN) / 1e-8).toBeCloseTo(ratio, 12);
});

test('K is met within a thousandth by every instance that counts', async () => {
  const closest = await attack(selected(theorems, ['K'])[0], { instances: 500 }, 0);
  expect(Math.abs((closest?.measurement.mean ?? NaN) / (closest?.bound ?? NaN) - 1)).toBeLessThanOrEqual(1e-3);
});

test('what is attacked is bounded from above', () => {
  const ids = theorems.filter(attackable).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['A.average', 'A.last', 'M.exact', 'M.stale', 'X.average', 'X.strong']));
  expect(ids).not.toContain('Q');
  expect(ids).not.toContain('S.limit');
});

test('the tree of choices gives the expectation that the runs estimate', async () => {
  const subject = problemSubject('plane', await parseProblem(planeFile({ noise: 0, radius: 2 })), 0.3);
  const stepSizes = constantSteps(0.3, 5);
  const branches = choiceTree(subject, { schedule: 'alright', stepSizes });
  expect(branches).toHaveLength(32);
  expect(branches.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 14);
  const run = { schedule: 'alright', stepSizes };
  const exact = simulated(subject, run, 'averageGap', { ...extent, wholeTree: true });
  const estimated = simulated(subject, run, 'averageGap', { ...extent, seeds: 1500 });
  expect(Math.abs(estimated.mean - exact.mean)).toBeLessThan(4.5 * estimated.standardError);
  // MAXRIGHT draws nothing: one run, the same to rounding.
  const [tree, once] = [true, false].map((wholeTree) =>
    simulated(subject, { schedule: 'maxright', stepSizes, period: 2 }, 'meanMaxGap', { ...extent, wholeTree }),
  );
  expect(tree.mean).toBeCloseTo(once.mean, 13);
});
