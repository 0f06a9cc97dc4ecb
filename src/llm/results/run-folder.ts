import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import type { ChoiceName } from '../../schedule/step.js';
import type { Evaluation } from '../evaluate.js';

/** What a finished run did. */
export interface RunResult {
  readonly steps: readonly { readonly choice: ChoiceName; readonly loss: number }[];
  readonly final: Evaluation;
  /** Why it ended before its last step, if it did. */
  readonly stopped: string | null;
}

/** A folder that belongs to one run. */
export interface RunFolder {
  readonly path: string;
  /** The result of the run, where it has ended. */
  readonly result: RunResult | undefined;
}

/**
 * Takes a folder for a run: writes its settings.json, or, to go on, compares it with the run's settings and clears what
 * a kill left half-written. A run killed before it wrote anything begins anew.
 * Throws an InputError where the folder holds a run that is not to be resumed, or was begun with other settings.
 * @param settings everything that decides the run's numbers, as plain data
 */
export async function openRunFolder(
  path: string,
  { settings, resume }: { readonly settings: Readonly<Record<string, unknown>>; readonly resume: boolean },
): Promise<RunFolder> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileRefusal(path, error, 'a folder that can be made');
  });
  const settingsPath = join(path, 'settings.json');
  if (!existsSync(settingsPath)) {
    await writeJson(settingsPath, settings);
  } else if (!resume) {
    throw new InputError('out', path, 'a folder without a run, or --resume to go on with the run there');
  } else {
    requireSame(JSON.parse(readFileSync(settingsPath, 'utf8')) as Record<string, unknown>, settings, path);
    await removeHalfWritten(path);
  }
  const resultPath = join(path, 'result.json');
  const result = existsSync(resultPath) ? (JSON.parse(readFileSync(resultPath, 'utf8')) as RunResult) : undefined;
  return { path, result };
}

function requireSame(begun: Record<string, unknown>, settings: Readonly<Record<string, unknown>>, path: string): void {
  for (const name of new Set([...Object.keys(begun), ...Object.keys(settings)])) {
    const [before, now] = [JSON.stringify(begun[name]), JSON.stringify(settings[name])];
    if (before !== now) throw new InputError(name, settings[name], `${before}, as the run in ${path} began`);
  }
}

/** Files are written under another name first: small ones as "<name>.<number>", large ones as "<name>.unfinished". */
async function removeHalfWritten(path: string): Promise<void> {
  const left = (await readdir(path)).filter((name) => /\.(\d+|unfinished)$/.test(name));
  for (const name of left) await rm(join(path, name));
}

/** Writes result.json, the last file of a run. */
export async function writeResult({ path }: RunFolder, result: RunResult): Promise<void> {
  await writeJson(join(path, 'result.json'), result);
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(content)}\n`).catch((error: unknown) => {
    throw fileRefusal(path, error, 'a file that can be written');
  });
}
