import type { Piscina } from 'piscina';
import type { WorkerPool } from '../convex/simulate/pool.js';
import type { ExperimentContext } from './experiment.js';

export { siblingModule } from '../base/worker-module.js';

/** A function that runs in a worker: the module of this package it is exported from, and its name there. */
export interface WorkerFunction {
  readonly module: URL;
  readonly name: string;
}

/** Runs a worker function with a task, plain data. */
export function inWorker<Result>(pool: WorkerPool, { module, name }: WorkerFunction, task: unknown): Promise<Result> {
  return (pool as unknown as Piscina<unknown, Result>).run(task, { filename: module.href, name });
}

/**
 * What a worker function gives for a task, computed once.
 * @param task plain data
 * @param kept what of the function's result is stored: plain data that JSON can hold
 */
export function taskResult<Kept>(
  { cache, pool }: ExperimentContext,
  work: WorkerFunction,
  task: unknown,
  kept: (result: never) => Kept,
): Promise<Kept> {
  return cache.get([work.name, task], async () => kept(await inWorker<never>(pool, work, task)));
}
