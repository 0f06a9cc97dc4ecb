import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/input-error.js';
import { shellWords } from '../base/text.js';
import { readText } from '../base/read-whole.js';
import { writeWhole } from '../base/whole-file.js';
import { scriptFolder } from './folder.js';

/** What a job asks Slurm for, as its user wrote it. */
export interface JobScript {
  readonly path: string;
  readonly text: string;
  /** Seconds before the time limit at which Slurm is to tell the job. */
  readonly warning: number;
}

/** Seconds for a step and a checkpoint, unless the user's script asks for others. */
const usualWarning = 120;

/** The script that is written for users who bring none. */
const minimal = `#!/bin/bash
# What every task of this folder asks Slurm for: edit it. The command is added below.
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
##SBATCH --account=NAME
##SBATCH --partition=NAME
# Seconds before the time limit at which a task saves and puts itself into the queue again:
#SBATCH --signal=B:USR2@${usualWarning}
# module load nodejs
`;

/**
 * The user's script for jobs, or that of the folder, which is written where there is none yet.
 * @throws InputError where it does not exist, is no script, decides what this program decides, or has no time beside the
 * warning
 */
export async function jobScript(folder: string, given: string | undefined): Promise<JobScript> {
  const path = given ?? join(scriptFolder(folder), 'job.sh');
  if (given === undefined && !existsSync(path)) await writeWhole(path, minimal);
  const text = readText(path, 'a script with #SBATCH lines for every job');
  if (!text.startsWith('#!')) {
    throw new InputError(path, text.split('\n', 1)[0], 'a script, with #! and a shell in its first line');
  }
  const decided = /^#SBATCH\s(?:.*\s)?(?:--(?:array|dependency|kill-on-invalid-dep|job-name)\b|-[adJ]).*$/m.exec(
    text,
  )?.[0];
  if (decided !== undefined) {
    throw new InputError(
      path,
      decided,
      'a script without this line: arrays, names and dependencies are made by --submit',
    );
  }
  const signal = /^#SBATCH\s(?:.*\s)?--signal[= ]\S*?@(\d+)/m.exec(text)?.[1];
  const warning = signal === undefined ? usualWarning : Number(signal);
  const limit = /^#SBATCH\s(?:.*\s)?(?:--time[= ]|-t ?)(\S+)/m.exec(text)?.[1];
  if (limit !== undefined && secondsOf(limit) <= warning) {
    // It would be warned as soon as it began, and go into the queue again for ever.
    throw new InputError(
      path,
      `--time=${limit}`,
      `more than the ${warning} s before the end at which tasks are warned`,
    );
  }
  return { path, text, warning };
}

/** The seconds of a time limit in one of sbatch's forms, such as 90, 90:00, 1:30:00 or 1-12; NaN for a word. */
function secondsOf(limit: string): number {
  const [days, rest] = limit.includes('-') ? limit.split('-', 2) : [undefined, limit];
  const parts = rest.split(':').map(Number);
  const first = days !== undefined || parts.length > 2 ? 3600 : 60;
  return parts.reduce((sum, part, i) => sum + (part * first) / 60 ** i, Number(days ?? 0) * 86_400);
}

/** Whether a script asks for GPUs. */
export function asksForGpus({ text }: JobScript): boolean {
  return /^#SBATCH\s(?:.*\s)?(?:--gpus(?:-per-\w+)?\b|--gres[= ]\S*gpu|-G)/m.test(text);
}

/** A task's script: the user's, and below it the command, which Slurm warns before the time limit. */
export function taskScript(
  { text }: Pick<JobScript, 'text'>,
  { words, offset, alone }: { readonly words: readonly string[]; readonly offset: number; readonly alone: boolean },
): string {
  const command = shellWords([process.execPath, ...process.execArgv, process.argv[1], ...words]);
  // An array's last task has the whole array's id for its own: by that, all of its tasks would be made again.
  const id = alone ? '$SLURM_JOB_ID' : '${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID';
  const number = alone ? '' : ` --run $((SLURM_ARRAY_TASK_ID + ${offset}))`;
  return `${text.endsWith('\n') ? text : `${text}\n`}
# Added by --submit. Warned of the time limit, the task saves; unless it has ended by then, it goes into the queue again.
# Where Slurm ends it, the task is told too, and saves: the shell waits, because what runs without it would be killed.
trap 'wait "$task"; exit' TERM
trap 'kill -TERM "$task"; wait "$task" && exit; scontrol requeue "${id}"; exit' USR2
cd ${shellWords([process.cwd()])} || exit
${command}${number} &
task=$!
wait "$task"
`;
}
