import { expect, it, vi } from 'vitest';
import { closedForm } from '../../../src/convex/generate/closed-form.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { runEnsembles } from '../../../src/convex/simulate/ensemble.js';
import { exactGaps, hasExactMoments } from '../../../src/convex/simulate/exact-moments.js';
import { runTrajectory, type RunSettings } from '../../../src/convex/simulate/trajectory.js';
import { schedules } from '../../../src/schedule/index.js';
import type { Schedule } from '../../../src/schedule/schedule.js';
import { worstCase } from '../../../src/theory/worst-case/worst-case.js';
import { alternate } from '../../schedule/alternate.js';

// The line in src/schedule/index.ts.
vi.mock('../../../src/schedule/index.js', async (original) => {
  const index = await original<{ schedules: Record<string, Schedule> }>();
  const { alternate: added } = await import('../../schedule/alternate.js');
  return { ...index, schedules: { ...index.schedules, alternate: added } };
});

const settings = (ideal = { dpo: 0, sft: 0 }): RunSettings => ({
  schedule: { lambda: 0.5, steps: 20, ideal },
  stepSizes: new Float64Array(20).fill(0.1),
  batch: 1,
  values: 'minibatch',
  gradientBatch: 'shared',
  record: [0, 1, 2, 20],
  recordPoints: true,
});

it('an added schedule is run as it says, on problems that kernels know and beside schedules that they run', async () => {
  for (const file of [closedForm({ noise: 0.3, start: 0 }), logLinear({ dimension: 3, examples: 10, seed: 1 })]) {
    const problem = await parseProblem(file);
    const members = ['alternate', 'mix'].map((schedule) => ({ schedule, settings: settings() }));
    const [[own, next]] = await runEnsembles({ problem, members, seed: 4, seeds: 2 });
    expect(own).toEqual(runTrajectory(problem, alternate, settings(), 4));
    expect(next).not.toEqual(own);
    // Two steps undo what one does: had every step been on one objective, the points would go one way.
    const [mixed] = (await runEnsembles({ problem, members: [members[1]], seed: 4, seeds: 1 }))[0];
    expect(mixed.gradients).toBe(40);
    expect(own.gradients).toBe(20);
  }
});

it('its exact moments and its worst case follow from its distribution', async () => {
  const problem = await parseProblem(closedForm({ noise: 0, start: 0 }));
  if (problem.data.kind !== 'quadratic') throw new Error('a quadratic is what was asked for');
  const { schedule, stepSizes } = settings();
  expect(hasExactMoments(alternate, schedule)).toBe(true);
  const exact = exactGaps(problem.data, {
    ...{ schedule: alternate, settings: schedule, stepSizes, batch: 1 },
    ...{ minimizer: Float64Array.of(0), record: [20] },
  });
  // θ ← θ − α(θ − 1), then θ ← θ − α(θ + 1): ½θ² is the gap, the minimum of F_½ being ½.
  let theta = 0;
  for (let t = 1; t <= 20; t++) theta -= 0.1 * (theta - (t % 2 === 1 ? 1 : -1));
  expect(exact[0]).toBeCloseTo(theta ** 2 / 2, 14);
  const { worstCase: lower, dualBound, theory } = worstCase({ schedule: 'alternate', steps: 3, lambda: 0.5 });
  expect(theory).toBeNull();
  expect(dualBound - lower).toBeLessThan(1e-5);
  // The path is a sequential run's where the stages are one step long and nothing follows.
  const one = (name: string, more: object = {}): number =>
    worstCase({ schedule: name, steps: 2, lambda: 0.5, iterate: 'last', ...more }).worstCase;
  expect(one('alternate')).toBeCloseTo(one('sequential', { order: 'dpo-sft' }), 6);
  expect(Object.keys(schedules)).toContain('alternate');
});
