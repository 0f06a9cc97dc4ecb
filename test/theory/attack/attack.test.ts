import { expect, test } from 'vitest';
import { attack, attackable } from '../../../src/theory/attack/attack.js';
import { choiceTree } from '../../../src/theory/choice-tree.js';
import { constantSteps } from '../../../src/theory/described-run.js';
import { simulated } from '../../../src/theory/measure.js';
import { theorems } from '../../../src/theory/registry.js';
import { problemSubject } from '../../../src/theory/subject.js';
import { selected } from '../../../src/theory/verify/verify.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { planeFile } from '../../problems.js';

const extent = { steps: [5], seeds: 4000, seed: 0, rateSteps: [], rateSeeds: 0 };

test.each(['A.average', 'M.exact'])(
  '%s times 0.7 is broken within 20 seconds, by a problem that can be stored',
  async (id) => {
    const [theorem] = selected(theorems, [id]);
    const before = performance.now();
    const closest = await attack({ ...theorem, value: (constants) => 0.7 * theorem.value(constants) }, 20, 0);
    expect((performance.now() - before) / 1000).toBeLessThan(20);
    expect(closest?.measurement.mean).toBeGreaterThan(closest?.bound ?? Infinity);
    // The stored file is a problem, and the theorem as it stands holds on it.
    const problem = await parseProblem(JSON.parse(JSON.stringify(closest?.file)));
    const subject = problemSubject('closest', problem, closest?.lambda ?? NaN);
    const trials = theorem.trials(subject, { ...extent, steps: [closest?.steps ?? 0], wholeTree: true });
    if ('reason' in trials) throw new Error(trials.reason);
    for (const trial of trials) {
      const ratio = trial.measure().mean / theorem.value(trial.constants);
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThanOrEqual(1 + 1e-12);
    }
  },
);

test('the bounds as they stand are approached, not broken', async () => {
  const [theorem] = selected(theorems, ['A.average']);
  const closest = await attack(theorem, 2, 0);
  const ratio = (closest?.measurement.mean ?? NaN) / (closest?.bound ?? NaN);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThanOrEqual(1 + 1e-12);
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
