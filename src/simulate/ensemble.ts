import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { InputError } from '../input-error.js';
import type { Problem } from '../problem/problem.js';
import type { RunSettings, Trajectory } from './trajectory.js';
import { workerModule } from './worker-module.js';
import runTask, { type EnsembleTask } from './worker.js';

/** Threads that run ensembles; a pool can serve many ensembles. */
export type WorkerPool = Piscina<EnsembleTask, Trajectory[]>;

/** A pool of workers, one for every core unless said; the caller destroys it. */
export function createWorkerPool(workers = availableParallelism()): WorkerPool {
  return new Piscina({ ...workerModule('worker', import.meta.url), minThreads: 1, maxThreads: workers });
}

/** What to run: a schedule on a problem for a range of seeds. */
export interface EnsembleOptions {
  readonly problem: Problem;
  /** A schedule's name, or the path of a module. */
  readonly schedule: string;
  readonly settings: RunSettings;
  /** The first seed; run i has seed + i. */
  readonly seed: number;
  /** The number of runs. */
  readonly seeds: number;
}

/** Where and how visibly to run. */
export interface ExecutionOptions {
  /** Runs in this thread where absent. */
  readonly pool?: WorkerPool;
  /** Told the number of runs done so far. */
  readonly onProgress?: (done: number) => void;
}

/**
 * The trajectories of an ensemble, in the order of their seeds and the same whatever the number of workers.
 * Throws an InputError naming the step at which a run diverged.
 */
export async function runEnsemble(
  options: EnsembleOptions,
  { pool, onProgress }: ExecutionOptions = {},
): Promise<Trajectory[]> {
  const { problem, schedule, settings, seed, seeds } = options;
  // Enough pieces for every worker to stay busy and progress to show; the pieces do not change any number.
  const size = Math.max(1, Math.ceil(seeds / Math.max(8, 4 * (pool?.options.maxThreads ?? 1))));
  const tasks: EnsembleTask[] = [];
  for (let first = 0; first < seeds; first += size) {
    const part = Array.from({ length: Math.min(size, seeds - first) }, (_, i) => seed + first + i);
    tasks.push({ data: problem.data, schedule, settings, seeds: part });
  }
  let done = 0;
  const run = async (task: EnsembleTask): Promise<Trajectory[]> => {
    const trajectories = await (pool === undefined ? runTask(task) : pool.run(task));
    done += task.seeds.length;
    onProgress?.(done);
    return trajectories;
  };
  const trajectories: Trajectory[] = [];
  if (pool === undefined) for (const task of tasks) trajectories.push(...(await run(task)));
  else trajectories.push(...(await Promise.all(tasks.map(run))).flat());

  const diverged = trajectories.findIndex(({ divergedAt }) => divergedAt > 0);
  if (diverged >= 0) {
    const { divergedAt } = trajectories[diverged];
    const stepSize = settings.stepSizes[divergedAt - 1];
    throw new InputError(
      'step-size',
      stepSize,
      `smaller steps: the run of seed ${seed + diverged} diverged at step ${divergedAt}`,
    );
  }
  return trajectories;
}
