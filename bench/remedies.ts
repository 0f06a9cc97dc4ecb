import { logLinear } from '../src/convex/generate/log-linear.js';
import { parseProblem } from '../src/convex/problem/parse.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { runEnsemble } from '../src/convex/simulate/ensemble.js';
import type { RunSettings } from '../src/convex/simulate/trajectory.js';
import { compareRemedies } from '../src/remedy/compare.js';
import { setup } from '../src/remedy/setup.js';
import { alternating } from '../src/schedule/alternating.js';
import { annealed } from '../src/schedule/annealed.js';
import { budget } from '../src/schedule/budget.js';
import { paper } from '../src/schedule/key.js';
import { replay } from '../src/schedule/replay.js';
import { smoothTchebycheff } from '../src/schedule/smooth-tchebycheff.js';
import { alone, compared, inTurns, medianRound, type Group, type Report } from './bench.js';

/** What remedies cost: a step of those that are schedules of one gradient, and the whole table of `forgetting remedies`. */
export const remedies: Group = {
  name: 'remedies',
  description: 'steps of remedies against ALRIGHT and MAXRIGHT, and the table of all of them',
  run: async (report) => {
    for (const dimension of dimensions) await compareSteps(dimension, report);
    await timeTable(report);
  },
};

const dimensions = [2, 10, 50, 200];
const rounds = 15;
const lambda = 0.5;

/** A schedule under its own settings, in a row. */
interface TimedWay {
  readonly schedule: string;
  readonly own: Readonly<Record<string, unknown>>;
}

/**
 * Schedules that step on either objective about equally often, since a step on SFT has more rows: those that look at no
 * value beside ALRIGHT, those that look at one or both at every step beside MAXRIGHT of period 1.
 */
const comparisons: readonly { readonly peer: string; readonly base: TimedWay; readonly ways: readonly TimedWay[] }[] = [
  {
    peer: 'ALRIGHT',
    base: { schedule: paper.alright, own: {} },
    ways: [
      { schedule: replay.name, own: { split: 'none', replay: 0.5 } },
      { schedule: annealed.name, own: { share: 't/T' } },
      { schedule: alternating.name, own: { cycles: 100 } },
    ],
  },
  {
    peer: 'MAXRIGHT, period 1',
    base: { schedule: paper.maxright, own: {} },
    ways: [
      { schedule: paper.maxright, own: { weightedSteps: true } },
      { schedule: smoothTchebycheff.name, own: {} },
      { schedule: budget.name, own: { forgetAtMost: 0.9 } },
    ],
  },
];

async function compareSteps(dimension: number, report: Report): Promise<void> {
  const problem = await parseProblem(logLinear({ dimension, candidates: 8, examples: 1000, seed: 0 }));
  const steps = Math.min(200_000, Math.ceil(2e7 / dimension));
  for (const { peer, base, ways } of comparisons) {
    for (const way of ways) {
      const found = await inTurns(
        { ours: () => secondsOf(problem, way, steps), theirs: () => secondsOf(problem, base, steps) },
        rounds,
      );
      const round = medianRound(found.ours, found.theirs);
      const named = way.own.weightedSteps === true ? `${way.schedule}, steps αw` : way.schedule;
      report.row(
        compared({
          ...{ group: 'remedies', case: `${named} d=${dimension}`, peer, threads: 1, unit: 'ns/step' },
          ...{ ours: (1e9 * round.ours) / steps, theirs: (1e9 * round.theirs) / steps },
        }),
      );
    }
  }
}

/**
 * The processor time of a run in seconds, after one that is not timed: an expression of t is evaluated once for a number of
 * steps.
 */
async function secondsOf(problem: Problem, { schedule, own }: TimedWay, steps: number): Promise<number> {
  const settings: RunSettings = {
    schedule: {
      ...{ lambda, steps, period: 1, ideal: { dpo: 0.1, sft: 0.2 } },
      ...own,
      ...(own.split === 'none' && { split: [0, steps] }),
    },
    stepSizes: new Float64Array(steps).fill(0.1),
    ...{ batch: 1, values: 'minibatch', gradientBatch: 'shared', record: [] },
  };
  const run = (): Promise<unknown> => runEnsemble({ problem, schedule, settings, seed: 0, seeds: 1 });
  await run();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** `forgetting remedies` with its defaults, without the start of the program. */
async function timeTable(report: Report): Promise<void> {
  const problem = await parseProblem(logLinear({ dimension: 50, examples: 1000, seed: 1 }));
  const before = process.cpuUsage();
  compareRemedies(setup(problem, { lambda }));
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  report.row(
    alone({ group: 'remedies', case: 'the table, d=50, 1000 examples', threads: 1, ours: seconds, unit: 's' }),
  );
}
