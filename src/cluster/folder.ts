import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOf } from '../base/digest.js';
import { InputError } from '../base/input-error.js';
import { readWhole } from '../base/read-whole.js';

/** Where the scripts of a work's jobs lie. */
export function scriptFolder(folder: string): string {
  return join(resolve(folder), 'slurm');
}

/** Where its tasks' logs lie, whatever starts them. */
export function logFolder(folder: string): string {
  return join(scriptFolder(folder), 'log');
}

/** What tells the jobs of a folder from those of others: the digest of where it lies, links followed. */
function folderKey(folder: string): string {
  return digestOf(existsSync(folder) ? realpathSync(folder) : resolve(folder)).slice(0, 8);
}

/** A task among the jobs of its folder. */
export interface TaskPlace {
  readonly stage: string;
  /** What is added to an array's index for the task's number: arrays end at MaxArraySize. */
  readonly offset: number;
}

/** The name of a job: "runs-1f3a5b7c", and with an offset "runs-1f3a5b7c-1000". */
export function jobName({ stage, offset }: TaskPlace, folder: string): string {
  return `${stage}-${folderKey(folder)}${offset === 0 ? '' : `-${offset}`}`;
}

/** The place that a job's name gives; undefined where it is a job of another folder. */
export function placeOfJob(name: string, folder: string): TaskPlace | undefined {
  const [, stage, key, offset = '0'] = /^([a-z-]+)-([0-9a-f]{8})(?:-(\d+))?$/.exec(name) ?? [];
  return key === folderKey(folder) ? { stage, offset: Number(offset) } : undefined;
}

/** The name of a task's log; with "%a" for the index Slurm fills in the index of an array. */
export function logName({ stage, offset }: TaskPlace, index: number | '%a' | undefined): string {
  if (index === undefined) return `${stage}.log`;
  return offset === 0 ? `${index}.log` : `${offset}+${index}.log`;
}

/** The logs that are there: by the number of the task, or by the stage's name where a task has none. */
export function logsIn(folder: string): Map<number | string, string> {
  const logs = new Map<number | string, string>();
  for (const name of namesIn(logFolder(folder))) {
    const numbered = /^(?:(\d+)\+)?(\d+)\.log$/.exec(name);
    if (numbered !== null) {
      const [, offset = '0', index] = numbered;
      logs.set(Number(offset) + Number(index), join(logFolder(folder), name));
    } else if (/^[a-z-]+\.log$/.test(name)) logs.set(name.slice(0, -4), join(logFolder(folder), name));
  }
  return logs;
}

/** The last line of a log that says something; empty where none does. */
export function lastLine(log: string): string {
  try {
    // A log may hold any bytes.
    return readWhole(log).toString().trimEnd().split('\n').at(-1)?.trim() ?? '';
  } catch (error) {
    if (error instanceof InputError) return '';
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
