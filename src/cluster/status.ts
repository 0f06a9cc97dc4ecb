import { InputError } from '../base/input-error.js';
import { lastLine, logsIn } from './folder.js';
import { queuedTasks, type QueuedTask } from './slurm.js';
import type { Task, Work } from './work.js';

/** What became of a task: made, among Slurm's jobs, begun by a process that ended without making it, or not begun. */
export const taskStates = ['finished', 'running', 'queued', 'failed', 'missing'] as const;

/** One of them. */
export type TaskState = (typeof taskStates)[number];

/** A task and what became of it. */
export interface TaskStatus {
  readonly stage: string;
  /** What --run takes; null for the task that the command itself is. */
  readonly number: number | null;
  readonly name: string;
  readonly state: TaskState;
  /** Slurm's id, of a task that it has. */
  readonly job?: string;
  /** Why it waits, in Slurm's word. */
  readonly reason?: string;
  /** The last line of the log of a task that failed, and where the log is. */
  readonly lastLine?: string;
  readonly log?: string;
}

/** How far a work has come. */
export interface WorkStatus {
  readonly counts: Readonly<Record<TaskState, number>>;
  readonly tasks: readonly TaskStatus[];
  /** Why it is not known what is queued and runs, where there is a Slurm that does not answer. */
  readonly queueUnknown?: string;
}

/** Whether nothing is left to do. */
export function isDone({ counts, tasks }: WorkStatus): boolean {
  return counts.finished === tasks.length;
}

/** What became of every task: by the folder, and by squeue where there is Slurm. */
export async function statusOf(work: Work): Promise<WorkStatus> {
  const queue = await queueOf(work);
  const logs = logsIn(work.folder);
  const known = queue instanceof InputError ? [] : queue;
  const tasks = work.stages.flatMap(({ name: stage, tasks }) =>
    tasks.map((task) => statusOfTask(stage, task, known, logs.get(task.number ?? stage))),
  );
  const counts = Object.fromEntries(
    taskStates.map((state) => [state, tasks.filter((task) => task.state === state).length]),
  );
  return {
    counts: counts as Record<TaskState, number>,
    tasks,
    ...(queue instanceof InputError && { queueUnknown: queue.message }),
  };
}

/** What Slurm has of a work: nothing where there is no Slurm, and its refusal where it does not answer. */
async function queueOf(work: Work): Promise<readonly QueuedTask[] | InputError> {
  try {
    return (await queuedTasks(work)) ?? [];
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function statusOfTask(
  stage: string,
  { number, name, finished }: Task,
  queue: readonly QueuedTask[],
  log: string | undefined,
): TaskStatus {
  const task = { stage, number: number ?? null, name };
  if (finished) return { ...task, state: 'finished' };
  const queued = queue.find((one) => one.stage === stage && one.number === number);
  if (queued !== undefined) {
    const { id: job, running, reason } = queued;
    return running ? { ...task, state: 'running', job } : { ...task, state: 'queued', job, reason };
  }
  if (log !== undefined) return { ...task, state: 'failed', lastLine: lastLine(log), log };
  return { ...task, state: 'missing' };
}
