import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileRefusal } from '../../base/file-refusal.js';
import { makeFolder } from '../../base/folder.js';
import { InputError } from '../../base/input-error.js';

/**
 * An attempt at a run: the folder `<run>.attempt-<n>` beside the run's own, which it becomes at the end. A later attempt
 * takes over from it; the process of an earlier one notices and ends, whatever it still has open.
 */
export interface Attempt {
  readonly path: string;
  /** Throws an InputError where another process has taken the run over, or finished it. */
  readonly requireOwn: () => void;
  /** Makes the attempt's folder the run's. */
  finish(): void;
  /** Removes the folder: nothing came of the attempt. */
  abandon(): void;
}

/** The folders of the attempts at a run that are there, the latest first. */
export function attemptsAt(run: string): string[] {
  return numbersOf(run).map((number) => pathOf(run, number));
}

/**
 * Begins an attempt after all that are there, or undefined where another process was faster.
 * @param earlier the attempts that were found
 */
export function beginAttempt(run: string, earlier: readonly string[]): Attempt | undefined {
  const number = earlier.length === 0 ? 1 : numberOf(run, basename(earlier[0])) + 1;
  const path = pathOf(run, number);
  makeFolder(dirname(run));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw fileRefusal(path, error, 'a folder that can be made');
  }
  const lost = (): InputError =>
    new InputError('out', run, 'a run of this process alone: another process has taken it over or finished it');
  return {
    path,
    requireOwn: () => {
      if (numbersOf(run)[0] !== number || !isFree(run)) throw lost();
    },
    finish: () => {
      if (numbersOf(run)[0] !== number) throw lost();
      try {
        renameSync(path, run);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT'
          ? lost()
          : fileRefusal(run, error, 'a folder that can be made');
      }
    },
    abandon: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Whether a run's place is free: nothing there, or an empty folder. */
export function isFree(run: string): boolean {
  try {
    const stats = statSync(run, { throwIfNoEntry: false });
    return stats === undefined || (stats.isDirectory() && readdirSync(run).length === 0);
  } catch (error) {
    throw fileRefusal(run, error, 'a folder for a run');
  }
}

/**
 * Removes attempts that were taken over. They lose their names first: a process that works in one can no longer make it
 * the run's.
 */
export function removeAttempts(run: string, attempts: readonly string[]): void {
  for (const path of attempts) {
    try {
      renameSync(path, `${path}.old`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileRefusal(path, error, 'a folder to be removed');
    }
  }
  // Also what a kill has left of those before.
  for (const name of namesBeside(run)) {
    if (name.endsWith('.old') && !Number.isNaN(numberOf(run, name.slice(0, -4)))) {
      rmSync(join(dirname(run), name), { recursive: true, force: true });
    }
  }
}

function pathOf(run: string, number: number): string {
  return join(dirname(run), `${basename(run)}.attempt-${number}`);
}

/** The numbers of the attempts that are there, the largest first. */
function numbersOf(run: string): number[] {
  return namesBeside(run)
    .map((name) => numberOf(run, name))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => b - a);
}

function numberOf(run: string, name: string): number {
  const prefix = `${basename(run)}.attempt-`;
  const number = name.slice(prefix.length);
  return name.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(number) ? Number(number) : NaN;
}

function namesBeside(run: string): string[] {
  try {
    return readdirSync(dirname(run));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileRefusal(dirname(run), error, 'a folder that can be read');
  }
}
