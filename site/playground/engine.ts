import type { ModuleAnswer, ModuleFile, ModuleRequest, OwnSchedule } from './module-protocol.js';
import type { WorkerAnswer, Job, Request } from './protocol.js';

/**
 * Where jobs are done: one worker for the landscape and the theory, one for front and remedies, the others for runs. Each of
 * the visitor's own schedules has one to itself, because its code may never return.
 */
export interface Engine {
  /**
   * Starts a job, and says how many workers will be done with it unless they refuse it; an unfinished job gives way to
   * it once it has shown something.
   */
  start(job: Job): number;
}

/** Starts the workers, no more than there are cores for runs. */
export function startEngine(answered: (answer: WorkerAnswer) => void): Engine {
  const worker = (): Worker => {
    const started = startWorker();
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      answered(data);
    });
    return started;
  };
  const [scene, tradeOff] = [worker(), worker()];
  const runners = Array.from({ length: Math.min(Math.max(navigator.hardwareConcurrency, 1), 5) }, worker);
  const send = (to: Worker, request: Request): void => {
    to.postMessage(request);
  };
  let visitors: ReadonlyMap<string, { readonly worker: Worker; readonly text: string }> = new Map();
  return {
    start(job) {
      const own = job.own.map(({ key }) => key);
      const ours = job.schedules.filter((key) => !own.includes(key));
      send(scene, { task: 'scene', job });
      runners.forEach((runner, i) => {
        const schedules = ours.filter((_, k) => k % runners.length === i);
        send(runner, { task: 'runs', job, schedules });
      });
      send(tradeOff, { task: 'trade-off', job });
      visitors = workersOf(job.own);
      for (const [key, { worker: visitor }] of visitors) send(visitor, { task: 'runs', job, schedules: [key] });
      return 2 + runners.length + visitors.size;
    },
  };

  /** A worker for each of the visitor's own schedules: what one does that has gone, or has another text, ends with it. */
  function workersOf(own: readonly OwnSchedule[]): typeof visitors {
    const next = new Map(
      own.map(({ key, text }) => {
        const known = visitors.get(key);
        return [key, known?.text === text ? known : { worker: worker(), text }] as const;
      }),
    );
    for (const [key, { worker: past }] of visitors) if (next.get(key)?.worker !== past) past.terminate();
    return next;
  }
}

/** How long a module may take to say what it exports, in milliseconds. */
const patience = 20_000;

/** What schedule a module exports, found out in a worker of its own; rejects with the reason where there is none. */
export function scheduleOf(module: ModuleFile): Promise<OwnSchedule> {
  const worker = startWorker();
  return new Promise<OwnSchedule>((resolve, reject) => {
    const refused = (reason: string): void => {
      reject(new Error(reason));
    };
    setTimeout(() => {
      refused(`schedule: ${module.file} has not said for ${patience / 1000} s what it exports`);
    }, patience);
    worker.addEventListener('message', ({ data }: MessageEvent<ModuleAnswer>) => {
      if (data.kind === 'module') resolve(data.schedule);
      else refused(data.message);
    });
    const request: ModuleRequest = { task: 'module', module };
    worker.postMessage(request);
  }).finally(() => {
    worker.terminate();
  });
}

function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'simulation' });
}
