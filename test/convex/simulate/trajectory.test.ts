import { describe, expect, it } from 'vitest';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stream } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import { bothObjectives, stepOn, type Schedule, type ScheduleSettings } from '../../../src/schedule/schedule.js';
import { checkConverged } from '../../../src/convex/simulate/converged.js';
import { runTrajectory, type RunSettings, type Trajectory } from '../../../src/convex/simulate/trajectory.js';
import { closedFormFile, logLinearFile, planeFile } from '../../problems.js';

function settings(
  steps: number,
  more: Partial<RunSettings> = {},
  schedule: Partial<ScheduleSettings> = {},
): RunSettings {
  return {
    schedule: { lambda: 0.5, steps, ideal: { dpo: 0, sft: 0 }, ...schedule },
    stepSizes: new Float64Array(steps).fill(0.1),
    batch: 1,
    values: 'minibatch',
    gradientBatch: 'shared',
    record: Array.from({ length: steps + 1 }, (_, step) => step),
    recordPoints: true,
    ...more,
  };
}

describe('a run', () => {
  it('takes hand-worked steps: last iterate θ_T, average of θ_0 … θ_{T−1}', async () => {
    const problem = await parseProblem(closedFormFile());
    const { points, averageValues, gradients } = runTrajectory(
      problem,
      schedules.sequential,
      settings(3, {}, { order: 'dpo-sft', split: [2, 1] }),
      0,
    );
    // θ ← θ − 0.1 (θ − 1) twice, then θ ← θ − 0.1 (θ + 1).
    const expected = [0, 0.1, 0.19, 0.071];
    expected.forEach((theta, step) => {
      expect(points[step]).toBeCloseTo(theta, 14);
    });
    const average = (0 + 0.1 + 0.19) / 3;
    expect(averageValues[2 * 3]).toBeCloseTo(0.5 * (average - 1) ** 2, 14);
    expect(averageValues[2 * 3 + 1]).toBeCloseTo(0.5 * (average + 1) ** 2, 14);
    expect(averageValues[0]).toBe(0.5);
    expect(gradients).toBe(3);
  });

  it('projects onto the ball', async () => {
    const problem = await parseProblem(planeFile({ noise: 5, radius: 0.5 }));
    const { points } = runTrajectory(problem, schedules.mix, settings(200), 0);
    for (let step = 0; step <= 200; step++) {
      expect(Math.hypot(points[2 * step], points[2 * step + 1])).toBeLessThanOrEqual(0.5 * (1 + 1e-15));
    }
  });

  it('draws the same samples at the same step whatever the schedule: λ = 1 makes ALRIGHT, Mix and DPO alone equal', async () => {
    for (const file of [planeFile(), logLinearFile()]) {
      const problem = await parseProblem(file);
      const points = (name: string): Float64Array =>
        runTrajectory(problem, schedules[name], settings(50, {}, { lambda: 1 }), 3).points;
      expect(points('alright')).toEqual(points('dpo'));
      expect(points('mix')).toEqual(points('dpo'));
    }
  });

  it('adds both noises in a mixed step, each with its weight', async () => {
    const problem = await parseProblem(planeFile());
    const { points } = runTrajectory(problem, schedules.mix, settings(1, {}, { lambda: 0.25 }), 9);
    const [dpo, sft] = [stream(9, 'dpo-sample'), stream(9, 'sft-sample')];
    const { start, objectives } = problem;
    const [g, h] = [new Float64Array(2), new Float64Array(2)];
    objectives.dpo.gradient(start, g);
    objectives.sft.gradient(start, h);
    for (let i = 0; i < 2; i++) {
      const step = 0.25 * (g[i] + 0.3 * dpo.normal()) + 0.75 * (h[i] + 0.15 * sft.normal());
      expect(points[2 + i]).toBeCloseTo(start[i] - 0.1 * step, 14);
    }
  });

  it('counts gradients and evaluations', async () => {
    const [quadratic, logLinear] = [await parseProblem(planeFile()), await parseProblem(logLinearFile())];
    const counts = (problem: typeof quadratic, name: string, more: Partial<RunSettings> = {}): [number, number] => {
      const { gradients, evaluations } = runTrajectory(problem, schedules[name], settings(25, more, { period: 10 }), 0);
      return [gradients, evaluations];
    };
    expect(counts(quadratic, 'sequential')).toEqual([25, 0]);
    expect(counts(quadratic, 'alright')).toEqual([25, 0]);
    expect(counts(quadratic, 'mix')).toEqual([50, 0]);
    // Both objectives at steps 1, 11 and 21.
    expect(counts(quadratic, 'maxright')).toEqual([25, 6]);
    expect(counts(logLinear, 'maxright')).toEqual([25, 6]);
    // On full values the chosen one's refresh needs a full loss at the 22 other steps.
    expect(counts(logLinear, 'maxright', { values: 'full' })).toEqual([25, 28]);
  });

  it('says at which step it diverged', async () => {
    const problem = await parseProblem(closedFormFile());
    const { divergedAt } = runTrajectory(
      problem,
      schedules.dpo,
      settings(1000, { stepSizes: new Float64Array(1000).fill(3) }),
      0,
    );
    // |θ_t − 1| = 2^t first exceeds 1e100 at t = 333.
    expect(divergedAt).toBe(333);
  });

  it('says where there is no gradient, which smaller steps do not mend', async () => {
    const problem = await parseProblem({
      kind: 'expression',
      variables: ['x'],
      objectives: { dpo: '(x > 0)*2*x + (x < 0)*x', sft: 'abs(x)' },
      radius: 5,
      start: [1],
    });
    const run = (schedule: 'dpo' | 'sft'): Trajectory =>
      runTrajectory(problem, schedules[schedule], settings(4, { stepSizes: new Float64Array(4).fill(0.5) }), 0);
    const { divergedAt, undefinedGradient } = run('dpo');
    expect([divergedAt, undefinedGradient?.objective]).toEqual([2, 'dpo']);
    expect(() => {
      checkConverged(run('dpo'), settings(4), 7);
    }).toThrow(
      'gradient of objectives.dpo: got ["NaN"], expected a finite one: at step 2 of the run of seed 7, θ = (0), it is undefined',
    );
    // At the kink of |x| the subgradient is 0: the run comes to rest there.
    expect([run('sft').divergedAt, run('sft').values.at(-1)]).toEqual([0, 0]);
  });

  it('is the same run whatever is recorded', async () => {
    const problem = await parseProblem(logLinearFile());
    const every = runTrajectory(problem, schedules.maxright, settings(40), 1);
    const once = runTrajectory(problem, schedules.maxright, settings(40, { record: [40] }), 1);
    expect([...once.values]).toEqual([...every.values.slice(80)]);
    expect([...once.averageValues]).toEqual([...every.averageValues.slice(80)]);
  });
});

describe('what a schedule is told', () => {
  /** Steps on SFT, asks for both values every second step, and writes down all it is told. */
  function listener(told: [string, number][]): Schedule {
    return {
      name: 'listener',
      init: () => ({}),
      evaluates: (_state, step) => (step % 2 === 1 ? bothObjectives : []),
      distribution: () => [{ choice: stepOn.sft, probability: 1 }],
      observe(state, objective, value) {
        told.push([objective, value]);
        return state;
      },
    };
  }

  async function toldBy(
    more: Partial<RunSettings>,
    file = logLinearFile(),
  ): Promise<{ told: [string, number][]; exact: number[] }> {
    const problem = await parseProblem(file);
    const told: [string, number][] = [];
    const { values } = runTrajectory(problem, listener(told), settings(2, more), 0);
    return { told, exact: [...values] };
  }

  it('is the minibatch loss of the step by default, once before and once after the choice', async () => {
    const { told, exact } = await toldBy({});
    expect(told.map(([objective]) => objective)).toEqual(['dpo', 'sft', 'sft', 'sft']);
    expect(told[2][1]).toBe(told[1][1]);
    expect(told[1][1]).not.toBe(exact[1]);
  });

  it('is the full loss where asked for', async () => {
    const { told, exact } = await toldBy({ values: 'full' });
    expect(told).toEqual([
      ['dpo', exact[0]],
      ['sft', exact[1]],
      ['sft', exact[1]],
      ['sft', exact[3]],
    ]);
  });

  it('comes from another minibatch than the gradient where that is fresh', async () => {
    const { told } = await toldBy({ gradientBatch: 'fresh' });
    expect(told[2][1]).not.toBe(told[1][1]);
  });

  it('is exact on quadratics, unless valueNoise is given', async () => {
    const exact = await toldBy({}, planeFile());
    expect(exact.told[0][1]).toBe(exact.exact[0]);
    const noisy = await toldBy({ valueNoise: 0.5 }, planeFile());
    expect(noisy.told[0][1]).not.toBe(noisy.exact[0]);
    expect(Math.abs(noisy.told[0][1] - noisy.exact[0])).toBeLessThan(3);
  });
});
