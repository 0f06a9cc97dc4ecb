import type { Piscina } from 'piscina';
import type { Laboratory } from './experiment.js';

/** A function that runs in a worker: the module of this package it is exported from, and its name there. */
export interface WorkerFunction {
  readonly module: URL;
  readonly name: string;
}

/** A module beside the importing one, built or from source. */
export function siblingModule(path: string, importer: string): URL {
  return new URL(`${path}${importer.endsWith('.ts') ? '.ts' : '.js'}`, importer);
}

/**
 * What a worker function gives for a task, computed once.
 * @param task plain data
 * @param kept what of the function's result is stored: plain data that JSON can hold
 */
export function piece<Kept>(
  { cache, pool }: Laboratory,
  { module, name }: WorkerFunction,
  task: unknown,
  kept: (result: never) => Kept,
): Promise<Kept> {
  return cache.get([name, task], async () =>
    kept(await (pool() as unknown as Piscina<unknown, never>).run(task, { filename: module.href, name })),
  );
}
