import { checkConverged } from './converged.js';
import { canShare } from '../problem/arena.js';
import type { Problem } from '../problem/problem.js';
import type { WorkerPool } from './pool.js';
import type { RunSettings, Trajectory } from './trajectory.js';
import { needsReference, arenaProblem } from './trajectories.js';
import runTask, { loadMembers, type EnsembleMember, type EnsembleTask } from './worker.js';

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
export interface EnsembleExecution {
  /** Runs in this thread where absent. */
  readonly pool?: WorkerPool;
  /** Told the number of runs done so far. */
  readonly onProgress?: (done: number) => void;
}

/** What to run: several ensembles on one problem with the same seeds, and so with the same samples. */
export interface EnsemblesOptions extends Pick<EnsembleOptions, 'problem' | 'seed' | 'seeds'> {
  readonly members: readonly EnsembleMember[];
}

/**
 * The trajectories of an ensemble, in the order of their seeds and the same whatever the number of workers.
 * Throws an InputError naming the step at which a run diverged, or met no gradient.
 */
export async function runEnsemble(
  { schedule, settings, ...options }: EnsembleOptions,
  execution: EnsembleExecution = {},
): Promise<Trajectory[]> {
  const [trajectories] = await runEnsembles({ ...options, members: [{ schedule, settings }] }, execution);
  return trajectories;
}

/**
 * The trajectories of several ensembles, in the order of the members and of their seeds: those that each would have
 * alone, but faster, since runs of one seed read every sample once for all of them. The progress counts runs.
 * Throws an InputError naming the step at which a run diverged, or met no gradient.
 */
export async function runEnsembles(
  { problem, members, seed, seeds }: EnsemblesOptions,
  { pool, onProgress }: EnsembleExecution = {},
): Promise<Trajectory[][]> {
  const workers = pool?.options.maxThreads ?? 1;
  const { data } = problem;
  const placed = pool === undefined || canShare ? arenaProblem(data) : undefined;
  const runs = await loadMembers(members);
  const sent = pool === undefined ? members : members.map(sharing);
  // Enough pieces for every worker to stay busy and progress to show; the pieces do not change any number.
  const size = Math.max(1, Math.ceil(seeds / Math.max(8, 4 * workers)));
  const trajectories = members.map((): Trajectory[] => []);
  let done = 0;
  const run = async (first: number): Promise<void> => {
    const part = Array.from({ length: Math.min(size, seeds - first) }, (_, i) => seed + first + i);
    // What a thread is sent is copied, except for shared memory.
    const task: EnsembleTask = { ...(needsReference(placed, runs) && { data }), placed, members: sent, seeds: part };
    const found = await (pool === undefined ? runTask(task) : pool.run(task));
    found.forEach((runs, i) => {
      runs.forEach((trajectory, member) => (trajectories[member][first + i] = trajectory));
    });
    done += part.length * members.length;
    onProgress?.(done);
  };
  const firsts = Array.from({ length: Math.ceil(seeds / size) }, (_, piece) => piece * size);
  if (pool === undefined) for (const first of firsts) await run(first);
  else await Promise.all(firsts.map(run));
  members.forEach(({ settings }, member) => {
    trajectories[member].forEach((run, i) => {
      checkConverged(run, settings, seed + i);
    });
  });
  return trajectories;
}

/** A member whose step sizes, which are as many as steps, threads are sent without a copy. */
function sharing({ schedule, settings }: EnsembleMember): EnsembleMember {
  if (!canShare) return { schedule, settings };
  const stepSizes = new Float64Array(new SharedArrayBuffer(settings.stepSizes.byteLength));
  stepSizes.set(settings.stepSizes);
  return { schedule, settings: { ...settings, stepSizes } };
}
