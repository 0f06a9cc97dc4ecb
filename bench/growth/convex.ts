import { logLinear } from '../../src/convex/generate/log-linear.js';
import { totalRows } from '../../src/convex/problem/feature-rows.js';
import type { Problem } from '../../src/convex/problem/problem.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { schedules } from '../../src/schedule/index.js';
import { inArena, type KernelData } from '../../src/convex/simulate/kernel/arena-problem.js';
import { runTrajectories } from '../../src/convex/simulate/trajectories.js';
import { alone, fittedExponent, type Report } from '../bench.js';
import { median } from '../../src/base/statistics.js';

/** A log-linear pair, and how many seeds run on it. */
interface Size {
  readonly dimension: number;
  readonly examples: number;
  readonly seeds: number;
}

const usual: Size = { dimension: 100, examples: 500, seeds: 1 };

/** What varies, and over which values. */
const axes: Readonly<Record<keyof Size, readonly number[]>> = {
  dimension: [25, 50, 100, 200, 400],
  examples: [125, 250, 500, 1000, 2000],
  seeds: [1, 2, 4, 8, 16],
};

const steps = 5000;
const repetitions = 5;

/** Time of 5,000 steps of ALRIGHT with one evaluation at the end, and memory of the data with the kernel's copy. */
export async function growthOfConvexRuns(report: Report): Promise<void> {
  for (const [axis, values] of Object.entries(axes) as [keyof Size, readonly number[]][]) {
    const points: { x: number; milliseconds: number; megabytes: number }[] = [];
    for (const x of values) {
      const measured = await measure({ ...usual, [axis]: x });
      points.push({ x, ...measured });
      row(report, `time, ${axis} = ${x}`, measured.milliseconds, 'ms');
      row(report, `memory, ${axis} = ${x}`, measured.megabytes, 'MB');
      row(report, `memory / data, ${axis} = ${x}`, measured.megabytes / measured.dataMegabytes, 'ratio');
    }
    const exponent = (of: (point: (typeof points)[number]) => number): number =>
      fittedExponent(points.map((point) => ({ x: point.x, y: of(point) })));
    row(
      report,
      `time ~ ${axis}^p`,
      exponent(({ milliseconds }) => milliseconds),
      'p',
    );
    row(
      report,
      `memory ~ ${axis}^p`,
      exponent(({ megabytes }) => megabytes),
      'p',
    );
  }
}

function row(report: Report, name: string, ours: number, unit: string): void {
  report.row(alone({ group: 'growth', case: `convex: ${name}`, threads: 1, ours, unit }));
}

async function measure({ dimension, examples, seeds }: Size) {
  const problem = await parseProblem(logLinear({ dimension, candidates: 8, examples, seed: 0 }));
  const member = {
    schedule: schedules.alright,
    settings: {
      schedule: { lambda: 0.5, steps },
      stepSizes: new Float64Array(steps).fill(0.1),
      batch: 1,
      values: 'minibatch',
      gradientBatch: 'shared',
      record: [steps],
    },
  } as const;
  const run = (): number => {
    const started = performance.now();
    runTrajectories(
      problem,
      [member],
      Array.from({ length: seeds }, (_, seed) => seed),
    );
    return performance.now() - started;
  };
  run();
  const milliseconds = median(Array.from({ length: repetitions }, run));
  const dataMegabytes = dataBytes(problem) / 2 ** 20;
  // The problem's arrays lie there too.
  const bytes = inArena(problem.data as KernelData).memory.buffer.byteLength;
  return { milliseconds, dataMegabytes, megabytes: bytes / 2 ** 20 };
}

function dataBytes({ data }: Problem): number {
  if (data.kind !== 'log-linear') throw new Error('a log-linear pair is what was asked for');
  return 8 * data.dimension * (totalRows(data.sft.rows) + totalRows(data.dpo.rows));
}
