import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { writeWhole } from '../../base/whole-file.js';
import { choiceNames, type ChoiceName } from '../../schedule/step.js';
import type { Evaluation } from '../evaluate.js';
import { attemptsAt, beginAttempt, isFree, removeAttempts } from './attempt.js';
import { checkContents, writeContents } from './contents.js';
import { takeOver } from './take-over.js';

/** What a finished run did. */
export interface RunResult {
  readonly steps: readonly { readonly choice: ChoiceName; readonly loss: number }[];
  /** Null where the run diverged, which only one that may do so ends with. */
  readonly final: Evaluation | null;
  /** Why it ended before its last step, if it did. */
  readonly stopped: string | null;
}

/** A folder that belongs to one run. */
export interface RunFolder {
  /** Where the run is found when it has ended. */
  readonly path: string;
  /** The folder that this process fills until then. */
  readonly attempt: string;
  /** The result of the run, where it has ended. */
  readonly result: RunResult | undefined;
  /** Throws an InputError where another process has taken the run over, or finished it. */
  readonly requireOwn: () => void;
  /** Writes result.json, digests of all files, and gives the folder its name. */
  finish(result: RunResult): Promise<void>;
}

/** Everything that decides a run's numbers, as plain data. */
export type DecisiveSettings = Readonly<Record<string, unknown>>;

/**
 * Takes a folder for a run. A finished run there gives its result, checked against what was written at its end. Of an
 * earlier attempt that was interrupted, or that another process is still making, this one takes over what its last
 * checkpoint vouches for; without a checkpoint the run begins anew.
 * Throws an InputError where the folder holds a run that is not to be resumed, was begun with other settings, or is
 * damaged.
 */
export async function openRunFolder(
  path: string,
  { settings, resume }: { readonly settings: DecisiveSettings; readonly resume: boolean },
): Promise<RunFolder> {
  const run = resolve(path);
  for (;;) {
    const earlier = attemptsAt(run);
    const finished = !isFree(run);
    if (finished && !existsSync(join(run, settingsFile))) {
      throw new InputError('out', path, 'an empty folder, or one that does not exist yet');
    }
    if (!resume && (finished || earlier.length > 0)) {
      throw new InputError('out', path, 'a folder without a run, or --resume to continue the run there');
    }
    if (finished) return finishedRun(path, settings);
    const begun = earlier.find((attempt) => existsSync(join(attempt, settingsFile)));
    if (begun !== undefined) requireSame(readSettings(begun), settings, path);
    const attempt = beginAttempt(run, earlier);
    // Another process has just begun one: it is the one to take over from.
    if (attempt === undefined) continue;
    const source = earlier.find((folder) => existsSync(join(folder, 'checkpoint.safetensors')));
    try {
      await writeWhole(join(attempt.path, settingsFile), `${JSON.stringify(settings)}\n`);
      // A checkpoint alone does not say of which run it is.
      if (source !== undefined && source !== begun) requireSame(readSettings(source), settings, path);
      if (source !== undefined) await takeOver(source, attempt.path);
      attempt.requireOwn();
      removeAttempts(run, earlier);
    } catch (error) {
      attempt.abandon();
      // Another process may have finished the run meanwhile, or taken it over too.
      if (!isFree(run) || (source !== undefined && !existsSync(source))) continue;
      throw error;
    }
    return {
      path,
      attempt: attempt.path,
      result: undefined,
      requireOwn: attempt.requireOwn,
      finish: async (result) => {
        await writeWhole(join(attempt.path, resultFile), `${JSON.stringify(result)}\n`);
        await writeContents(attempt.path);
        attempt.finish();
        removeAttempts(run, attemptsAt(run));
      },
    };
  }
}

export const settingsFile = 'settings.json';
const resultFile = 'result.json';

async function finishedRun(path: string, settings: DecisiveSettings): Promise<RunFolder> {
  requireSame(readSettings(path), settings, path);
  const result = await readResult(path);
  const none = (): never => {
    throw new InputError('out', path, 'a run that has not ended');
  };
  return { path, attempt: path, result, requireOwn: none, finish: none };
}

const resultSchema = z.strictObject({
  steps: z.array(z.strictObject({ choice: z.enum(choiceNames), loss: z.number() })),
  final: z
    .strictObject({
      sft: z.looseObject({ loss: z.number(), tokens: z.int() }),
      dpo: z.looseObject({
        loss: z.number(),
        accuracy: z.number(),
        chosenReward: z.number(),
        rejectedReward: z.number(),
      }),
      perExample: z.array(z.looseObject({})),
    })
    .nullable(),
  stopped: z.string().nullable(),
});

/**
 * Checks every file of a finished run's folder.
 * @param options as `checkContents` takes them
 * @throws InputError naming the file that is missing or damaged
 */
export function checkRun(folder: string, options?: Parameters<typeof checkContents>[2]): Promise<void> {
  return checkContents(folder, [resultFile, settingsFile, 'steps.jsonl', 'evaluations.jsonl'], options);
}

/**
 * The result of a finished run, every file of its folder checked first.
 * @throws InputError naming the file that is missing or damaged
 */
export async function readResult(folder: string): Promise<RunResult> {
  await checkRun(folder);
  const place = join(folder, resultFile);
  return checked(resultSchema, parseJson(place), { place }) as unknown as RunResult;
}

/** Whether a folder holds a finished run, all of it as it was written. */
export async function isWholeRun(folder: string): Promise<boolean> {
  try {
    await readResult(folder);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * Writes the settings of what fills a folder with several runs, or compares them with those that are there.
 * @throws InputError where they differ
 */
export async function claimFolder(path: string, settings: DecisiveSettings): Promise<void> {
  if (existsSync(join(path, settingsFile))) requireSame(readSettings(path), settings, path);
  else await writeWhole(join(path, settingsFile), `${JSON.stringify(settings)}\n`);
}

/**
 * The settings of what fills a folder with several runs; undefined where nothing does yet.
 * @param unknown names of settings that may be anything
 * @throws InputError where others than these differ
 */
export function claimedSettings(
  path: string,
  settings: DecisiveSettings,
  unknown: readonly string[],
): DecisiveSettings | undefined {
  if (!existsSync(join(path, settingsFile))) return undefined;
  const claimed = readSettings(path);
  const known = (all: DecisiveSettings): Record<string, unknown> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !unknown.includes(name)));
  requireSame(known(claimed), known(settings), path);
  return claimed;
}

function readSettings(folder: string): Record<string, unknown> {
  const place = join(folder, settingsFile);
  return checked(z.record(z.string(), z.unknown()), parseJson(place), { place });
}

function requireSame(begun: Record<string, unknown>, settings: DecisiveSettings, path: string): void {
  for (const name of new Set([...Object.keys(begun), ...Object.keys(settings)])) {
    const [before, now] = [JSON.stringify(begun[name]), JSON.stringify(settings[name])];
    if (before !== now) throw new InputError(name, settings[name], `${before}, as the run in ${path} began`);
  }
}
