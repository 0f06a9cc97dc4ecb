import type { WorkerAnswer, Job, Request } from '../playground/protocol.js';
import type { SectionTask } from './section.js';

/** Where the sections' jobs are done, one after the other: of one section only the newest. */
export interface Computing {
  ask(
    section: string,
    job: Omit<Job, 'id'>,
    tasks: readonly SectionTask[],
    answered: (answer: WorkerAnswer) => void,
  ): void;
}

/** Starts the worker of the story, which is the playground's. */
export function startComputing(): Computing {
  const worker = new Worker(new URL('../playground/worker.ts', import.meta.url), {
    type: 'module',
    name: 'simulation',
  });
  interface Asked {
    readonly request: Request;
    readonly section: string;
    readonly answered: (answer: WorkerAnswer) => void;
  }
  let waiting: Asked[] = [];
  let current: Asked | undefined;
  let id = 0;
  const begin = (asked: Asked | undefined): void => {
    current = asked;
    // For whoever waits for the numbers that a change leads to.
    document.documentElement.toggleAttribute('data-computing', asked !== undefined);
    if (asked !== undefined) worker.postMessage(asked.request);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
    if (current?.request.job.id !== data.id) return;
    current.answered(data);
    if (data.kind === 'done' || data.kind === 'refused') begin(waiting.shift());
  });
  return {
    ask(section, job, tasks, answered) {
      const full = { ...job, id: ++id };
      const asked = tasks.map((task): Asked => {
        const request = requestOf(task, full);
        return { request, section, answered };
      });
      // In front of sections that nobody has touched.
      waiting = [...asked, ...waiting.filter((other) => other.section !== section)];
      // What is being done for the section in its old form gives way, once it has shown something.
      if (current === undefined || current.section === section) begin(waiting.shift());
    },
  };
}

function requestOf(task: SectionTask, job: Job): Request {
  if (task === 'runs') return { task, job, schedules: job.schedules };
  return { task: task === 'scene' ? task : 'trade-off', job };
}
