import { grouped } from '../base/grouped.js';
import { InputError } from '../base/input-error.js';
import { openThreadPool } from '../base/thread-pool.js';
import { workerModule } from '../base/worker-module.js';
import { isFree } from '../llm/results/attempt.js';
import type { RunEnd } from '../llm/train/run.js';
import { executeRun, type OnStep, type RunTask } from './run-task.js';

/** A run in its place in a plan, whose stages follow each other: each needs the folders of all runs before it. */
export interface Planned<Stage extends string = string> {
  /** From 1, in the order of the plan. */
  readonly number: number;
  readonly stage: Stage;
  /** Its folder within that of the experiment, and where that is. */
  readonly name: string;
  readonly folder: string;
  readonly steps: number;
}

/** Where an experiment's runs are made; none of it changes a number. */
export interface RunPlace {
  /** The folder of the experiment. */
  readonly out: string;
  /** Where reference log-probabilities are kept. */
  readonly cache: string;
  /** Runs at a time, each in a thread of its own; one runs in this thread. */
  readonly workers: number;
}

/** Where and how visibly an experiment runs; none of it changes a number. */
export interface ExecutionOptions extends RunPlace {
  /** Told of the steps taken so far and of all there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How one run is made, in this thread. */
export interface OneRunOptions extends Omit<ExecutionOptions, 'workers'> {
  /** Aborted, the run finishes its step, saves and returns. */
  readonly signal?: AbortSignal;
}

/** Makes every run of a plan that is not made yet, stage by stage. Throws an InputError as the runs do. */
export async function makeAll<Run extends Planned>(
  runs: readonly Run[],
  taskOf: (run: Run) => RunTask,
  options: ExecutionOptions,
): Promise<void> {
  const total = runs.reduce((sum, { steps }) => sum + steps, 0);
  const runner = openRunner(options, total);
  try {
    for (const stage of grouped(runs, (run) => run.stage)) {
      // The longest first, so that no thread is left with a long one at the end.
      const inTurn = stage.sort((a, b) => b.steps - a.steps);
      await Promise.all(inTurn.map((run) => runner.run(taskOf(run))));
    }
  } finally {
    await runner.close();
  }
}

/**
 * Makes one run of a plan in this thread, where it is not made yet.
 * Throws an InputError where there is no run of this number, and where one that it needs is missing.
 */
export async function makeOne<Run extends Planned>(
  runs: readonly Run[],
  number: number,
  taskOf: (run: Run) => RunTask,
  { signal, onProgress }: Pick<OneRunOptions, 'signal' | 'onProgress'>,
): Promise<RunEnd> {
  const run = runs.find((planned) => planned.number === number);
  if (run === undefined) throw new InputError('run', number, `a number from 1 to ${runs.length}`);
  const earlier = runs.slice(
    0,
    runs.findIndex(({ stage }) => stage === run.stage),
  );
  const missing = earlier.filter(({ folder }) => isFree(folder));
  if (missing.length > 0) {
    const numbers = missing.map((planned) => planned.number).join(', ');
    throw new InputError('run', number, `the runs ${numbers} to be finished first`);
  }
  let taken = 0;
  return executeRun(taskOf(run), () => onProgress?.(++taken, run.steps), signal);
}

/** Where runs are made: this thread, or several. */
interface TaskRunner {
  run(task: RunTask): Promise<void>;
  close(): Promise<void>;
}

/** Opens where runs are made, and counts their steps towards a total. */
function openRunner(
  { workers, onProgress }: Pick<ExecutionOptions, 'workers' | 'onProgress'>,
  total: number,
): TaskRunner {
  let done = 0;
  const stepped = (steps: number): void => {
    done += steps;
    onProgress?.(done, total);
  };
  /** Makes one run; steps that it does not take, because an earlier process did, count as taken too. */
  const counted = async (task: RunTask, make: (onStep: OnStep) => Promise<void>): Promise<void> => {
    let taken = 0;
    await make(() => {
      taken += 1;
      stepped(1);
    });
    stepped(task.scheduleSettings.steps - taken);
  };
  if (workers === 1) {
    let last: Promise<void> = Promise.resolve();
    return {
      // One after the other: they share a backend.
      run: (task) =>
        (last = last.then(() =>
          counted(task, async (onStep) => {
            await executeRun(task, onStep);
          }),
        )),
      close: () => Promise.resolve(),
    };
  }
  const pool = openThreadPool<RunTask>(workerModule('run-task', import.meta.url), workers);
  return {
    run: (task) => counted(task, (onStep) => pool.run(task, onStep)),
    close: () => pool.close(),
  };
}
