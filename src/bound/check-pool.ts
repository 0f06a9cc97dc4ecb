import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { workerModule } from '../simulate/worker-module.js';
import type { CheckTask } from './verify-worker.js';
import type { Check, Exemption } from './verify.js';

/** A pool of threads that check subjects, one for every core unless said; the caller destroys it. */
export function createCheckPool(workers = availableParallelism()): Piscina<CheckTask, (Check | Exemption)[]> {
  return new Piscina({ ...workerModule('verify-worker', import.meta.url), minThreads: 1, maxThreads: workers });
}
