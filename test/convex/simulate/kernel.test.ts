import { beforeAll, describe, expect, it } from 'vitest';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { newMemoryArena } from '../../../src/convex/problem/arena.js';
import type { Problem } from '../../../src/convex/problem/problem.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stream, streamKey } from '../../../src/base/random-stream.js';
import { schedules } from '../../../src/schedule/index.js';
import { runEnsembles } from '../../../src/convex/simulate/ensemble.js';
import { createWorkerPool } from '../../../src/convex/simulate/pool.js';
import { newKernel, type Kernel } from '../../../src/convex/simulate/kernel/instance.js';
import { inArena, type KernelData } from '../../../src/convex/simulate/kernel/arena-problem.js';
import { knows, runTogether, type Member } from '../../../src/convex/simulate/kernel/run.js';
import { runTrajectories } from '../../../src/convex/simulate/trajectories.js';
import { runTrajectory, type RunSettings, type Trajectory } from '../../../src/convex/simulate/trajectory.js';

const steps = 60;

/** A member that records everything, at steps that differ from one to the next. */
function member(name: string, lambda: number, more: Partial<RunSettings> = {}): Member {
  return {
    schedule: schedules[name],
    settings: {
      schedule: { lambda, steps, period: 7, smoothing: 0.3, forgetAtMost: 0.9, ideal: { dpo: 0.1, sft: 0.2 } },
      stepSizes: Float64Array.from({ length: steps }, (_, i) => 0.3 / Math.sqrt(i + 1)),
      batch: 1,
      values: 'minibatch',
      gradientBatch: 'shared',
      record: Array.from({ length: steps + 1 }, (_, step) => step),
      recordPoints: true,
      ...more,
    },
  };
}

/** The schedules that kernels run. */
const fastNames = Object.keys(schedules).filter((name) => knows(member(name, 0.5)));

/** Every schedule that kernels run, at two λ. */
function members(more: Partial<RunSettings> = {}): Member[] {
  return fastNames.flatMap((name) => [0.2, 0.7].map((lambda) => member(name, lambda, more)));
}

function placed(problem: Problem) {
  return inArena(problem.data as KernelData);
}

/** The largest difference of two points, relative to the size of the expected one. */
function relativeDifference(actual: Float64Array, expected: Float64Array): number {
  const difference = Math.hypot(...actual.map((entry, i) => entry - expected[i]));
  return difference / Math.max(1e-300, Math.hypot(...expected));
}

const alternating = (dimension: number): number[] =>
  Array.from({ length: dimension }, (_, i) => (i % 2 === 0 ? 1 : -1));

const files: Readonly<Record<string, ProblemFile>> = {
  ...Object.fromEntries(
    [1, 2, 7, 33].flatMap((dimension): [string, ProblemFile][] => [
      [`log-linear, d = ${dimension}`, logLinear({ dimension, candidates: 8, examples: 40, seed: 0 })],
      [`quadratic, d = ${dimension}`, quadratic({ dimension, noise: 0.3, seed: 1, start: alternating(dimension) })],
    ]),
  ),
  'two candidates': logLinear({ dimension: 5, candidates: 2, examples: 40, seed: 2 }),
  'twelve candidates': logLinear({ dimension: 5, candidates: 12, examples: 40, seed: 2 }),
  'conservative DPO': preferring({ preferenceLoss: 'cdpo', beta: 0.7, labelSmoothing: 0.2 }),
  IPO: preferring({ preferenceLoss: 'ipo', beta: 0.4 }),
  'an unequal number of candidates': unequal(),
  'logits too large for exp': farApart(),
  'a small ball': quadratic({ dimension: 3, noise: 2, radius: 1, seed: 1, start: [0, 0.1, 0] }),
};

function preferring(loss: Partial<Parameters<typeof logLinear>[0]>): ProblemFile {
  return logLinear({ dimension: 5, candidates: 3, examples: 40, seed: 3, ...loss });
}

/** Examples of one to nine candidates. */
function unequal(): ProblemFile {
  const file = logLinear({ dimension: 3, candidates: 9, examples: 20, seed: 4 });
  if (file.kind !== 'log-linear') throw new Error('a log-linear pair is what was asked for');
  const sft = file.sft.map(({ candidates }, n) => ({ candidates: candidates.slice(0, 1 + (n % 9)), target: 0 }));
  return { ...file, sft };
}

/** Logits of some thousands, of either sign, most of which make some power overflow. */
function farApart(): ProblemFile {
  const file = logLinear({ dimension: 4, candidates: 8, examples: 40, seed: 6 });
  if (file.kind !== 'log-linear') throw new Error('a log-linear pair is what was asked for');
  return { ...file, radius: 3000, start: [2000, -1000, 1500, 500] };
}

const ways: readonly Partial<RunSettings>[] = [
  {},
  { batch: 5, gradientBatch: 'fresh' },
  { batch: 3, values: 'full', valueNoise: 0.1 },
  { values: 'full', gradientBatch: 'fresh' },
];

describe.each(Object.entries(files))('the kernel on %s', (_name, file) => {
  let problem: Problem;
  beforeAll(async () => {
    problem = await parseProblem(file);
  });

  it.each(ways)('runs every schedule like the reference: %o', (way) => {
    const runs = members(way);
    const [found] = runTogether(placed(problem), runs, [5]);
    runs.forEach(({ schedule, settings }, i) => {
      const expected = runTrajectory(problem, schedule, settings, 5);
      const { points, values, averageValues, ...counts } = found[i];
      expect(counts).toEqual({
        gradients: expected.gradients,
        evaluations: expected.evaluations,
        divergedAt: expected.divergedAt,
      });
      // Rounding of 60 steps, each of which contracts or at most doubles it.
      expect(relativeDifference(points, expected.points)).toBeLessThan(1e-12);
      expect(relativeDifference(values, expected.values)).toBeLessThan(1e-12);
      expect(relativeDifference(averageValues, expected.averageValues)).toBeLessThan(1e-12);
    });
  });

  it('takes every single step like the reference, from the same point', () => {
    const { data, dimension } = problem;
    const { points } = runTrajectory(problem, schedules.alright, member('alright', 0.5).settings, 3);
    const one = { schedule: { lambda: 0.4, steps: 1, period: 1, ideal: { dpo: 0.1, sft: 0.2 } }, record: [0, 1] };
    for (let step = 0; step <= steps; step += 12) {
      const start = points.slice(step * dimension, (step + 1) * dimension);
      const moved = { ...data, start } as KernelData;
      const from = { ...problem, data: moved, start };
      for (const name of fastNames) {
        const { schedule, settings } = member(name, 0.4, one);
        const [[found]] = runTogether(inArena(moved), [{ schedule, settings }], [step]);
        const expected = runTrajectory(from, schedule, settings, step);
        for (const field of ['points', 'values', 'averageValues'] as const) {
          expect(relativeDifference(found[field], expected[field])).toBeLessThan(1e-12);
        }
      }
    }
  });

  it('gives a run the same bytes whatever it is run with', () => {
    // Without points, which are recorded one seed at a time.
    const each = members({ recordPoints: false });
    const seeds = [8, 9, 10, 11, 12];
    const together = runTogether(placed(problem), each, seeds);
    seeds.forEach((seed, s) => {
      each.forEach((one, i) => {
        expect(runTogether(placed(problem), [one], [seed])).toEqual([[together[s][i]]]);
      });
    });
  });
});

describe('the kernel', () => {
  let problem: Problem;
  beforeAll(async () => {
    problem = await parseProblem(files['log-linear, d = 7']);
  });

  it('makes the choices of src/schedule, whatever the settings: gradients of each objective are never mixed up', () => {
    // Points after every step tell the two objectives' steps apart; one other choice would move them by far more.
    for (const order of ['sft-dpo', 'dpo-sft'] as const) {
      for (const split of [
        [0, 60],
        [23, 37],
        [60, 0],
      ] as const) {
        const { schedule, settings } = member('sequential', 0.5, {
          schedule: { lambda: 0.5, steps, order, split },
        });
        const [[{ points }]] = runTogether(placed(problem), [{ schedule, settings }], [1]);
        expect(relativeDifference(points, runTrajectory(problem, schedule, settings, 1).points)).toBeLessThan(1e-12);
      }
    }
    for (const cycles of [1, 4, 7, 60]) {
      for (const lambda of [0, 0.3, 1]) {
        const each = member('alternating', lambda, { schedule: { lambda, steps, cycles, order: 'dpo-sft' } });
        expect(knows(each)).toBe(true);
        const [[{ points }]] = runTogether(placed(problem), [each], [1]);
        const expected = runTrajectory(problem, each.schedule, each.settings, 1);
        expect(relativeDifference(points, expected.points)).toBeLessThan(1e-12);
      }
    }
    for (const period of [1, 2, 10, 1000]) {
      for (const lambda of [0, 0.3, 0.5, 1]) {
        const schedule = { lambda, steps, period, weightedSteps: period % 2 === 0, ideal: { dpo: 0.3, sft: 0.1 } };
        const each = member('maxright', lambda, { schedule });
        const [[{ points, evaluations }]] = runTogether(placed(problem), [each], [2]);
        const expected = runTrajectory(problem, each.schedule, each.settings, 2);
        expect(evaluations).toBe(expected.evaluations);
        expect(relativeDifference(points, expected.points)).toBeLessThan(1e-12);
      }
    }
  });

  it('runs every schedule of one gradient a step, with either order of stages, thresholds and temperatures', () => {
    const combining = ['mgda', 'pcgrad', 'cagrad'];
    expect(fastNames).toEqual(Object.keys(schedules).filter((name) => !combining.includes(name)));
    const ideal = { dpo: 0.3, sft: 0.1 };
    const own: readonly [name: string, own: Readonly<Record<string, unknown>>][] = (
      ['sft-dpo', 'dpo-sft'] as const
    ).flatMap((order): [string, Readonly<Record<string, unknown>>][] => [
      ['replay', { order, split: [23, 37] }],
      ['replay', { order, split: [0, 60], replay: 0.1 }],
      ['annealed', { share: order === 'sft-dpo' ? '(t/T)^2' : 't > 20' }],
      ['smooth-tchebycheff', { smoothing: order === 'sft-dpo' ? 1e-3 : 0.2, ideal }],
      ['budget', { order, forgetAtMost: 0.4, tolerance: 0.1, ideal }],
    ]);
    for (const [name, more] of own) {
      const each = member(name, 0.4, { schedule: { lambda: 0.4, steps, ...more } });
      const chosen = new Set<number>();
      const expected = runTrajectory(problem, each.schedule, each.settings, 3, (_, choice) => {
        if (!('weigh' in choice)) chosen.add(choice.dpo === 0 ? 0 : 1);
      });
      expect([...chosen].sort()).toEqual([0, 1]);
      const [[{ points, averageValues, evaluations }]] = runTogether(placed(problem), [each], [3]);
      expect(evaluations).toBe(expected.evaluations);
      expect(relativeDifference(points, expected.points)).toBeLessThan(1e-12);
      expect(relativeDifference(averageValues, expected.averageValues)).toBeLessThan(1e-12);
    }
  });

  it('gives replay without a stage one the path of ALRIGHT with the same coin', () => {
    const own = { lambda: 0.3, steps, split: [0, steps] };
    const [[replay, alright]] = runTogether(
      placed(problem),
      [member('replay', 0.3, { schedule: own }), member('alright', 0.3, { schedule: own })],
      [5],
    );
    expect(replay.points).toEqual(alright.points);
  });

  it('ends runs of different lengths where each ends, and says where one diverged', () => {
    const short = member('alright', 0.5, {
      schedule: { lambda: 0.5, steps: 20 },
      stepSizes: new Float64Array(20).fill(0.1),
      record: [20],
    });
    const [[long, alone]] = runTogether(placed(problem), [member('alright', 0.5), short], [4]);
    expect(long.points.length).toBe(7 * (steps + 1));
    expect(alone.points).toEqual(runTogether(placed(problem), [short], [4])[0][0].points);
  });

  it('says where a run diverged', async () => {
    const free = await parseProblem(files['quadratic, d = 2']);
    const wild = member('dpo', 0.5, { stepSizes: new Float64Array(steps).fill(1e3) });
    const [[{ divergedAt }]] = runTogether(placed(free), [wild], [0]);
    expect(divergedAt).toBeGreaterThan(0);
    expect(divergedAt).toBe(runTrajectory(free, wild.schedule, wild.settings, 0).divergedAt);
  });

  it('is left out for schedules of the user, and for a problem that was varied', () => {
    const own = { ...member('mix', 0.3), schedule: { ...schedules.mix } };
    expect(knows(own)).toBe(false);
    expect(runTrajectories(problem, [own], [1])).toEqual([[runTrajectory(problem, schedules.mix, own.settings, 1)]]);
    const { dpo } = problem.objectives;
    const varied = { ...problem, objectives: { dpo, sft: dpo } };
    const run = member('sft', 0.3);
    expect(runTrajectories(varied, [run], [1])).toEqual([[runTrajectory(varied, run.schedule, run.settings, 1)]]);
  });

  it('gives ensembles the same bytes in one thread and in several', async () => {
    const options = {
      problem,
      members: members().map(({ schedule, settings }) => ({ schedule: schedule.name, settings })),
      seed: 3,
      seeds: 10,
    };
    const alone: Trajectory[][] = await runEnsembles(options);
    const pool = createWorkerPool(2);
    try {
      expect(await runEnsembles(options, { pool })).toEqual(alone);
    } finally {
      await pool.destroy();
    }
  });
});

describe("the kernel's numbers", () => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = newKernel(newMemoryArena().memory);
  });

  it('are those of the streams, draw for draw', async () => {
    const problem = placed(await parseProblem(files['quadratic, d = 2']));
    const own = newKernel(problem.memory);
    own.useZiggurat(problem.ratios, problem.abscissae);
    for (const [seed, purpose] of [
      [0, 'choice'],
      [17, 'dpo-sample'],
      [2 ** 40 + 5, 'sft-sample'],
    ] as const) {
      const key = streamKey(seed, purpose);
      const at = own.allocate(4 * key.length);
      new Uint32Array(own.memory.buffer, at, key.length).set(key);
      const [ours, reference] = [own.seededStream(at, key.length), stream(seed, purpose)];
      const out = own.allocate(8 * 700);
      for (let draw = 0; draw < 20_000; draw++) {
        // Normal numbers take three words or more, so that many numbers at once begin anywhere among the words.
        const count = draw % 700;
        const kind = draw % 3;
        if (kind === 2) own.uniforms(ours, out, count);
        const actual =
          kind === 0
            ? [own.normal(ours)]
            : kind === 1
              ? [own.uniform(ours)]
              : Array.from(new Float64Array(own.memory.buffer, out, count));
        for (const number of actual) {
          const expected = kind === 0 ? reference.normal() : reference.uniform();
          // Compared without an assertion each, of which millions would take long.
          if (number !== expected) expect([draw, number]).toEqual([draw, expected]);
        }
      }
    }
  });

  it('exp is within 2 units in the last place over the whole range', () => {
    let worst = 0;
    for (let i = 0; i <= 400_000; i++) {
      const x = -708 + (1417 * i) / 400_000;
      worst = Math.max(worst, Math.abs(kernel.expOf(x) / Math.exp(x) - 1));
    }
    expect(worst).toBeLessThan(2 * 2 ** -52);
    expect(kernel.expOf(0)).toBe(1);
    // Below the least normal number all is alike, and so near 0 that no sum of powers tells; above the largest too.
    expect(kernel.expOf(-Infinity)).toBe(kernel.expOf(-708));
    expect(kernel.expOf(-708)).toBeLessThan(1e-307);
    expect(kernel.expOf(Infinity)).toBe(kernel.expOf(709));
    expect(kernel.expOf(NaN)).toBeNaN();
  });

  it('log(1 + x) is within 2 units in the last place over the whole range', () => {
    let worst = 0;
    for (let i = 0; i <= 200_000; i++) {
      const x = 10 ** (-300 + (600 * i) / 200_000);
      worst = Math.max(worst, Math.abs(kernel.logOnePlusOf(x) / Math.log1p(x) - 1));
    }
    expect(worst).toBeLessThan(2 * 2 ** -52);
    expect(kernel.logOnePlusOf(0)).toBe(0);
  });
});
