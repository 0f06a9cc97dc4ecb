import { execFile } from 'node:child_process';
import { InputError } from '../base/input-error.js';
import { jobName, placeOfJob, type TaskPlace } from './folder.js';
import type { Work } from './work.js';

/** A task that Slurm knows of. */
export interface QueuedTask extends TaskPlace {
  /** Slurm's id: of an array's task "12_7", of a job alone "12". */
  readonly id: string;
  /** What --run was given; undefined for the task that the command itself is. */
  readonly number: number | undefined;
  readonly running: boolean;
  /** Why it does not run, in Slurm's word. */
  readonly reason: string;
}

/** What a job whose task still runs, or may, is called by squeue; all else waits. */
const runningStates = /^(RUNNING|COMPLETING|SUSPENDED|STOPPED|STAGE_OUT|SIGNALING|RESIZING)$/;

/** The tasks of a work that Slurm has queued or runs. Undefined where there is no Slurm. */
export async function queuedTasks({ folder, stages }: Work): Promise<QueuedTask[] | undefined> {
  const highest = Math.max(0, ...stages.flatMap(({ tasks }) => tasks.map(({ number }) => number ?? 0)));
  const size = await indexesOfArrays();
  if (size === undefined) return undefined;
  const offsets = Array.from({ length: Math.floor(highest / size) + 1 }, (_, i) => i * size);
  const names = stages.flatMap(({ name }) => offsets.map((offset) => jobName({ stage: name, offset }, folder)));
  const format = ['%i', '%T', '%r', '%j'].join('|');
  const printed = await slurm('squeue', ['-h', '-r', `--name=${names.join(',')}`, '-o', format]);
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [id, state, reason, name] = line.split('|');
      const place = placeOfJob(name, folder);
      if (place === undefined) return [];
      const index = id.split('_').at(1);
      const number = index === undefined ? undefined : place.offset + Number(index);
      return [{ ...place, id, number, running: runningStates.test(state), reason }];
    });
}

/** How many indexes from 0 an array may have here; undefined where there is no Slurm. */
export async function indexesOfArrays(): Promise<number | undefined> {
  try {
    const size = /^MaxArraySize\s*=\s*(\d+)/m.exec(await slurm('scontrol', ['show', 'config']))?.[1];
    return Number(size ?? 1001);
  } catch (error) {
    if (error instanceof MissingSlurm) return undefined;
    throw error;
  }
}

/** Throws an InputError where there is no Slurm. */
export async function requireSlurm(): Promise<void> {
  await slurm('sbatch', ['--version']);
}

/** There is no Slurm on this machine. */
export class MissingSlurm extends InputError {}

/**
 * Runs one of Slurm's commands and gives what it printed.
 * @throws MissingSlurm where there is none, InputError with its last line where it refuses
 */
export function slurm(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, words, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      if (error.code === 'ENOENT') {
        reject(
          new MissingSlurm('submit', `no ${command}`, 'a machine with Slurm, such as the login node of a cluster'),
        );
        return;
      }
      const said = (stderr.trim().split('\n').at(-1) ?? '').replace(/^\w+: (error|fatal): /, '');
      reject(new InputError(command, said, 'Slurm to accept it'));
    });
  });
}
