import { Piscina } from 'piscina';
import { closePool } from '../../base/close-pool.js';
import { cores } from '../../base/cores.js';
import { workerModule } from '../../base/worker-module.js';
import type { Closest } from '../attack/attack.js';
import type { AttackTask, CheckTask } from './verify-worker.js';
import type { Check, Exemption } from './verify.js';

/** Threads that check subjects and attack theorems. */
export interface CheckPool {
  readonly workers: number;
  check(task: CheckTask): Promise<(Check | Exemption)[]>;
  attack(task: AttackTask): Promise<Closest | undefined>;
  destroy(): Promise<void>;
}

/** A pool of threads, one for every core unless said; the caller destroys it. */
export function createCheckPool(workers = cores()): CheckPool {
  const threads = { minThreads: 1, maxThreads: workers, idleTimeout: 60_000 };
  const pool = new Piscina({ ...workerModule('verify-worker', import.meta.url), ...threads });
  return {
    workers,
    check: (task) => pool.run(task) as Promise<(Check | Exemption)[]>,
    attack: (task) => pool.run(task, { name: 'attackTheorem' }) as Promise<Closest | undefined>,
    destroy: () => closePool(pool),
  };
}
