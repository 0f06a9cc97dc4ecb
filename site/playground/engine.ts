import type { Answer, Job, Request } from './protocol.js';

/** Where jobs are done: one worker for the landscape and the theory, one for front and remedies, the others for runs. */
export interface Engine {
  /**
   * Starts a job, and says how many workers will be done with it unless they refuse it; an unfinished job gives way to
   * it once it has shown something.
   */
  start(job: Job): number;
}

/** Starts the workers, no more than there are cores for runs. */
export function startEngine(answered: (answer: Answer) => void): Engine {
  const worker = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'simulation' });
    started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      answered(data);
    });
    return started;
  };
  const [scene, tradeOff] = [worker(), worker()];
  const runners = Array.from({ length: Math.min(Math.max(navigator.hardwareConcurrency, 1), 5) }, worker);
  const send = (to: Worker, request: Request): void => {
    to.postMessage(request);
  };
  return {
    start(job) {
      send(scene, { task: 'scene', job });
      runners.forEach((runner, i) => {
        const schedules = job.schedules.filter((_, k) => k % runners.length === i);
        send(runner, { task: 'runs', job, schedules });
      });
      send(tradeOff, { task: 'trade-off', job });
      return 2 + runners.length;
    },
  };
}
