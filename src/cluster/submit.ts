import { join } from 'node:path';
import { makeFolder } from '../base/folder.js';
import { InputError } from '../base/input-error.js';
import { writeWhole } from '../base/whole-file.js';
import { jobName, logFolder, logName, scriptFolder, type TaskPlace } from './folder.js';
import { taskScript, type JobScript } from './job-script.js';
import { indexesOfArrays, MissingSlurm, queuedTasks, slurm } from './slurm.js';
import type { Stage, Work } from './work.js';

/** How a work is submitted. */
export interface Submission {
  readonly script: JobScript;
  /** The command's words, without those that ask for the submission. */
  readonly words: readonly string[];
  /** Tasks of a stage at a time; as many as Slurm has room for by default. */
  readonly workers?: number;
}

/** A job that was submitted. */
export interface SubmittedJob {
  readonly id: string;
  readonly stage: string;
  /** The numbers of its tasks, as in 5-124; empty where it is the command itself. */
  readonly runs: string;
  readonly count: number;
}

/**
 * Submits the tasks that are not finished, one array for each stage, or several where it is too long for one; each stage
 * waits for those before it, and is cancelled where one of their tasks fails or is.
 * Throws an InputError where there is no Slurm, it refuses, or has jobs of this folder, and where what a finished task
 * left is damaged; nothing is queued then.
 */
export async function submit(work: Work, { script, words, workers }: Submission): Promise<SubmittedJob[]> {
  const size = await indexesOfArrays();
  if (size === undefined) throw new MissingSlurm('submit', 'no sbatch', 'a machine with Slurm, such as a login node');
  await requireIdle(work);
  const missing: { readonly name: string; readonly arrays: Awaited<ReturnType<typeof arraysOf>> }[] = [];
  for (const stage of work.stages) missing.push({ name: stage.name, arrays: await arraysOf(stage, size) });
  makeFolder(logFolder(work.folder));
  const submitted: SubmittedJob[] = [];
  try {
    for (const { name: stage, arrays } of missing) {
      const after = submitted.map(({ id }) => id);
      for (const [offset, indexes] of arrays) {
        const place = { stage, offset };
        const alone = indexes.length === 0;
        const name = offset === 0 ? stage : `${stage}+${offset}`;
        const file = join(scriptFolder(work.folder), `${name}.sh`);
        await writeWhole(file, taskScript(script, { words, offset, alone }));
        const options = optionsOf(work, place, { indexes, after, workers, warning: script.warning });
        const id = (await slurm('sbatch', [...options, file])).trim().split(';')[0];
        const runs = ranges(indexes.map((index) => index + offset));
        submitted.push({ id, stage, runs, count: Math.max(1, indexes.length) });
      }
    }
  } catch (error) {
    // All of it or nothing.
    if (submitted.length > 0)
      await slurm(
        'scancel',
        submitted.map(({ id }) => id),
      );
    throw error;
  }
  return submitted;
}

async function requireIdle(work: Work): Promise<void> {
  const queued = (await queuedTasks(work)) ?? [];
  if (queued.length === 0) return;
  const ids = [...new Set(queued.map(({ id }) => Number(id.split('_')[0])))].sort((a, b) => a - b);
  const expected = `none in the queue: wait for them, or scancel ${ids.join(' ')}`;
  throw new InputError('submit', `jobs ${ids.join(', ')} of ${work.folder}`, expected);
}

/** The unfinished tasks of a stage by arrays: what is added to each one's indexes, and these. */
async function arraysOf({ tasks }: Stage, size: number): Promise<ReadonlyMap<number, readonly number[]>> {
  const arrays = new Map<number, number[]>();
  for (const { number, isFinished } of tasks) {
    if (await isFinished()) continue;
    const offset = number === undefined ? 0 : Math.floor(number / size) * size;
    arrays.set(offset, [...(arrays.get(offset) ?? []), ...(number === undefined ? [] : [number - offset])]);
  }
  return arrays;
}

function optionsOf(
  { folder }: Work,
  place: TaskPlace,
  {
    indexes,
    after,
    workers,
    warning,
  }: {
    readonly indexes: readonly number[];
    readonly after: readonly string[];
    readonly workers: number | undefined;
    readonly warning: number;
  },
): string[] {
  const alone = indexes.length === 0;
  const limit = workers === undefined ? '' : `%${workers}`;
  return [
    '--parsable',
    `--job-name=${jobName(place, folder)}`,
    ...(alone ? [] : [`--array=${ranges(indexes)}${limit}`]),
    ...(after.length === 0 ? [] : [`--dependency=afterok:${after.join(':')}`, '--kill-on-invalid-dep=yes']),
    `--output=${join(logFolder(folder), logName(place, alone ? undefined : '%a')).replaceAll(/%(?!a\.log$)/g, '%%')}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR2@${warning}`,
  ];
}

/** Numbers in Slurm's way: "7-9,50". */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
