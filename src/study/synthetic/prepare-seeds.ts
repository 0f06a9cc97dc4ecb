import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { closePool } from '../../base/close-pool.js';
import { cores } from '../../base/cores.js';
import { throwRefusal, type Refusal } from '../../base/refusal.js';
import { workerModule } from '../../base/worker-module.js';
import { prepareSynthetic, type SyntheticFiles, type SyntheticOptions } from './prepare.js';
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
  const common = { conflict, backend, cache };
  if (workers === 1 || seeds.length === 1) {
    const files: SyntheticFiles[] = [];
    for (const seed of seeds) {
      files.push(
        await prepareSynthetic({
          ...common,
          seed,
          onStep: (step) => {
            stepped(seed, step);
          },
        }),
      );
    }
    return files;
  }
  const pool = new Piscina<object, Refusal | undefined>({
    ...workerModule('pretrain', import.meta.url),
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: Infinity,
  });
  const threads = Math.max(1, Math.floor(cores() / workers));
  try {
    return await Promise.all(
      seeds.map((seed) =>
        prepareSynthetic({
          ...common,
          seed,
          pretrain: async (task) => {
            const { port1, port2 } = new MessageChannel();
            port1.on('message', (step: number) => {
              stepped(seed, step);
            });
            const refusal = await pool.run(
              { task, backend: backend.name, threads, port: port2 },
              { transferList: [port2] },
            );
            port1.close();
            throwRefusal(refusal);
          },
        }),
      ),
    );
  } finally {
    await closePool(pool);
  }
}
