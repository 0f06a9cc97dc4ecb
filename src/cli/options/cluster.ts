import type { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { JobScript } from '../../cluster/job-script.js';
import type { SubmittedJob } from '../../cluster/submit.js';
import { isDone, taskStates, type TaskStatus, type WorkStatus } from '../../cluster/status.js';
import type { Work } from '../../cluster/work.js';
import { integerOption } from '../arguments.js';
import { printJson, printTable } from '../output.js';
import { withoutOptions } from '../words.js';

/** The options of commands whose work other machines may share. */
export interface ClusterOptions {
  /** True where a script for the jobs is not named. */
  readonly submit?: string | true;
  readonly run?: number;
  readonly status?: boolean;
}

/** Adds the options of commands whose work other machines may share. */
export function withClusterOptions(command: Command): Command {
  return command
    .option('--submit [job.sh]', 'submit what is not finished to Slurm, as job arrays, and end')
    .option('--run <k>', 'run only the k-th of the tasks that --status lists', integerOption('run', 1))
    .option(
      '--status',
      'say what is finished, running, queued, failed, missing and damaged; exit code 0 if all is finished',
    );
}

/** What is asked of a command beside its work itself. Throws an InputError where that is more than one thing. */
export function askedOf({ submit, run, status }: ClusterOptions): 'submit' | 'run' | 'status' | 'all' {
  const asked = { submit, run, status };
  const given = (['submit', 'run', 'status'] as const).filter((name) => asked[name] !== undefined);
  if (given.length > 1) throw new InputError(given[1], asked[given[1]], `no --${given[0]} with it`);
  return given.at(0) ?? 'all';
}

/**
 * The script for jobs that is asked for. None is written where there is no Slurm.
 * Throws an InputError where it does not fit, or there is no Slurm.
 */
export async function requiredScript(folder: string, path: ClusterOptions['submit']): Promise<JobScript> {
  const { jobScript } = await import('../../cluster/job-script.js');
  const { requireSlurm } = await import('../../cluster/slurm.js');
  const given = typeof path === 'string' ? await jobScript(folder, path) : undefined;
  await requireSlurm();
  return given ?? jobScript(folder, undefined);
}

/**
 * Submits a work as the jobs that its options ask for, and prints their ids.
 * Throws an InputError where the script does not fit, or Slurm does not take them.
 */
export async function submitWork(
  work: Work,
  { submit: path, workers, json = false }: ClusterOptions & { readonly workers?: number; readonly json?: boolean },
): Promise<void> {
  const { submit } = await import('../../cluster/submit.js');
  const script = await requiredScript(work.folder, path);
  const words = withoutOptions(process.argv.slice(2), {
    flags: ['json', 'debug'],
    valued: ['workers'],
    optional: ['submit'],
  });
  const jobs = await submit(work, { script, words, ...(workers !== undefined && { workers }) });
  if (json) printJson({ jobs, script: script.path });
  else printJobs(jobs, work, script.path);
}

function printJobs(jobs: readonly SubmittedJob[], { folder }: Work, script: string): void {
  if (jobs.length === 0) {
    process.stdout.write(`all of it is finished, in ${folder}\n`);
    return;
  }
  printTable(
    ['job', 'stage', 'tasks', 'runs'],
    jobs.map(({ id, stage, count, runs }) => [id, stage, String(count), runs]),
  );
  process.stdout.write(`\nas ${script} asks; logs in ${folder}/slurm/log; --status says how far they are\n`);
}

/**
 * Makes one task of a work, where it is not made yet, and leaves its log where it fails.
 * Throws an InputError where there is none of this number.
 */
export async function runTask(
  folder: string,
  number: number,
  count: number,
  make: (number: number) => Promise<void>,
): Promise<void> {
  if (number > count) throw new InputError('run', number, `a number from 1 to ${count}`);
  const { keepLog } = await import('../../cluster/keep-log.js');
  await keepLog(folder, number, () => make(number));
  process.stdout.write(`task ${number} of ${count}: made\n`);
}

/** Prints how far a work has come, and sets the exit code: 1 unless all of it is finished. */
export async function printStatus(work: Work, json = false): Promise<void> {
  const { statusOf } = await import('../../cluster/status.js');
  const status = await statusOf(work);
  if (status.queueUnknown !== undefined) {
    process.stderr.write(`it is not known what is queued and runs: ${status.queueUnknown}\n`);
  }
  if (json) printJson(status);
  else printCounts(status);
  if (!isDone(status)) process.exitCode = 1;
}

function printCounts({ counts, tasks }: WorkStatus): void {
  const told = taskStates.filter((state) => state !== 'damaged' || counts.damaged > 0);
  process.stdout.write(`${told.map((state) => `${counts[state]} ${state}`).join(', ')}\n`);
  const rest = tasks.filter(({ state }) => state !== 'finished');
  if (rest.length === 0) return;
  process.stdout.write('\n');
  const width = Math.max(...rest.map(({ number }) => String(number ?? '').length));
  for (const task of rest) {
    const number = String(task.number ?? '').padStart(width);
    process.stdout.write(`${number}  ${task.state.padEnd(7)}  ${task.name}${noteOf(task)}\n`);
  }
}

function noteOf({ damage, held, job, lastLine = '', log, reason }: TaskStatus): string {
  if (damage !== undefined) return `: ${damage}`;
  if (log !== undefined) return `: ${lastLine === '' ? 'its log is empty' : lastLine} (${log})`;
  if (job === undefined) return '';
  const why = reason === undefined || reason === 'None' ? '' : `, ${reason}`;
  return `: job ${job}${why}${held === true ? `: it waits until "scontrol release ${job}"` : ''}`;
}
