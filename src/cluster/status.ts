import { InputError } from '../base/input-error.js';
import { lastLine, logsIn } from './folder.js';
import { queuedTasks, type QueuedTask } from './slurm.js';
import type { Task, Work } from './work.js';

/**
 * What became of a task: made, among Slurm's jobs, begun by a process that ended without making it, not begun, or made and
 * no longer as it was made.
 */
export const taskStates = ['finished', 'running', 'queued', 'failed', 'missing', 'damaged'] as const;

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
  /** Whether it waits until it is released. */
  readonly held?: true;
  /** Which file is damaged, and how. */
  readonly damage?: string;
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

/**
 * What became of every task: by squeue where there is Slurm, and by the folder, which is looked at later. A task that ends
 * between the two has finished; looked at the other way round, it would seem to have failed.
 */
export async function statusOf(work: Work): Promise<WorkStatus> {
  const queue = await queueOf(work);
  const logs = logsIn(work.folder);
  const known = queue instanceof InputError ? [] : queue;
  const tasks: TaskStatus[] = [];
  for (const { name: stage, tasks: ofStage } of work.stages) {
    for (const task of ofStage) tasks.push(await statusOfTask(stage, task, known, logs.get(task.number ?? stage)));
  }
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

async function statusOfTask(
  stage: string,
  { number, name, isFinished }: Task,
  queue: readonly QueuedTask[],
  log: string | undefined,
): Promise<TaskStatus> {
  const task = { stage, number: number ?? null, name };
  try {
    if (await isFinished()) return { ...task, state: 'finished' };
  } catch (error) {
    if (error instanceof InputError) return { ...task, state: 'damaged', damage: error.message };
    throw error;
  }
  const queued = queue.find((one) => one.stage === stage && one.number === number);
  if (queued !== undefined) {
    const { id: job, running, reason } = queued;
    if (running) return { ...task, state: 'running', job };
    return { ...task, state: 'queued', job, reason, ...(isHeld(reason) && { held: true }) };
  }
  if (log !== undefined) return { ...task, state: 'failed', lastLine: lastLine(log), log };
  return { ...task, state: 'missing' };
}

/** Whether a reason of Slurm's is that somebody, or Slurm after a failed launch, holds the task. */
function isHeld(reason: string): boolean {
  return /held/i.test(reason);
}
