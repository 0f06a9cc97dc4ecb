import { ArrayTaskQueue, Piscina, type TaskQueue } from 'piscina';
import type { Trajectory } from './trajectory.js';
import { cores } from '../../base/cores.js';
import { workerModule } from '../../base/worker-module.js';
import type { EnsembleTask } from './worker.js';

/** Threads that run ensembles; a pool can serve many ensembles. */
export type WorkerPool = Piscina<EnsembleTask, Trajectory[][]>;

class Stack extends ArrayTaskQueue {
  override push(task: Parameters<TaskQueue['push']>[0]): void {
    this.unshift(task);
  }
}

/**
 * A pool of workers, one for every core unless said, which start at once; the caller destroys it. What it was given last
 * it does first: the next step of what has begun comes before the first of something else.
 */
export function createWorkerPool(workers = cores()): WorkerPool {
  return new Piscina({
    ...workerModule('worker', import.meta.url),
    minThreads: workers,
    maxThreads: workers,
    taskQueue: new Stack(),
  });
}
