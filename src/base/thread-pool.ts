import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { closePool } from './close-pool.js';
import { InputError } from './input-error.js';
import type { WorkerModule } from './worker-module.js';

/** The parts of an InputError, which threads hand to each other without its class. */
export type ThreadRefusal = Pick<InputError, 'field' | 'value' | 'expected'>;

/** Threads that do tasks, and tell of each in numbers while they are at it. */
export interface ThreadPool<Task> {
  /** Does a task in a thread that is free. Throws the InputError that it ends with there. */
  run(task: Task, onNumber: (told: number) => void): Promise<void>;
  /** Stops the threads at once. */
  close(): Promise<void>;
}

/** What a thread is handed. */
export interface ThreadTask<Task> {
  readonly task: Task;
  readonly port: MessagePort;
}

/** Opens a pool of that many threads, of which none starts before there is a task for it. */
export function openThreadPool<Task>(module: WorkerModule, threads: number): ThreadPool<Task> {
  const pool = new Piscina<ThreadTask<Task>, ThreadRefusal | undefined>({
    ...module,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  return {
    async run(task, onNumber) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', onNumber);
      const refusal = await pool.run({ task, port: port2 }, { transferList: [port2] });
      port1.close();
      if (refusal !== undefined) throw new InputError(refusal.field, refusal.value, refusal.expected);
    },
    close: () => closePool(pool),
  };
}

/** Does a task in its thread: what it refuses is the thread's answer. Throws whatever else it throws. */
export async function inThread(port: MessagePort, work: () => Promise<unknown>): Promise<ThreadRefusal | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, value, expected } = error;
    return { field, value, expected };
  } finally {
    port.close();
  }
}
