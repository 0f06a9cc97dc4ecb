import { cores } from '../../base/cores.js';
import { openThreadPool } from '../../base/thread-pool.js';
import { workerModule } from '../../base/worker-module.js';
import { prepareSynthetic, type SyntheticFiles, type SyntheticOptions } from './prepare.js';
import type { PretrainingInThread } from './pretrain.js';
import { pretraining } from './pretraining.js';

/** What to prepare for several seeds. */
export interface SeedsOptions extends Pick<SyntheticOptions, 'conflict' | 'backend' | 'cache'> {
  readonly seeds: readonly number[];
  /** Models that are pre-trained at a time, each in a thread of its own; one is in this thread. No number depends on it. */
  readonly workers: number;
  /** Told of the steps of pre-training taken so far and of all there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** As `prepareSynthetic`, for every seed. Threads start only where a model is not there yet. */
export async function prepareSeeds({
  seeds,
  conflict,
  backend,
  cache,
  workers,
  onProgress,
}: SeedsOptions): Promise<SyntheticFiles[]> {
  const taken = new Map<number, number>();
  const stepped = (seed: number, step: number): void => {
    taken.set(seed, step);
    onProgress?.(
      [...taken.values()].reduce((sum, steps) => sum + steps, 0),
      seeds.length * pretraining.steps,
    );
  };
  const prepare = (seed: number, pretrain?: SyntheticOptions['pretrain']): Promise<SyntheticFiles> => {
    const onStep = (step: number): void => {
      stepped(seed, step);
    };
    return prepareSynthetic({ conflict, backend, cache, seed, onStep, ...(pretrain && { pretrain }) });
  };
  if (workers === 1 || seeds.length === 1) {
    const files: SyntheticFiles[] = [];
    for (const seed of seeds) files.push(await prepare(seed));
    return files;
  }
  const pool = openThreadPool<PretrainingInThread>(workerModule('pretrain', import.meta.url), workers);
  const inThread = { backend: backend.name, threads: Math.max(1, Math.floor(cores() / workers)) };
  try {
    return await Promise.all(
      seeds.map((seed) =>
        prepare(seed, (task) =>
          pool.run({ ...task, ...inThread }, (step) => {
            stepped(seed, step);
          }),
        ),
      ),
    );
  } finally {
    await pool.close();
  }
}
