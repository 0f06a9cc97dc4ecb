import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { parseJson, writeJson } from '../../base/json-file.js';
import { fileMarkSchema, type FileMark } from './append-log.js';

/**
 * The files that say what a finished folder holds: one for what equal settings give alike to the byte, one for what
 * depends on the clock.
 */
const lists = { alike: 'contents.json', clock: 'contents-timing.json' } as const;

const contentsSchema = z.strictObject({
  files: z.array(z.strictObject({ name: z.string(), ...fileMarkSchema.shape })),
});

/** Whether a file's content depends on the clock. */
function dependsOnClock(name: string): boolean {
  return /^(timing|cost)\.|^tensorboard\//.test(name);
}

/**
 * Counts and digests what a folder holds, at its end; `checkContents` believes nothing else.
 * @param names the files; all that are in the folder unless said
 */
export async function writeContents(folder: string, names?: readonly string[]): Promise<void> {
  const found = (names ?? (await filesIn(folder))).filter((name) => !isContentsList(name));
  for (const [kind, list] of Object.entries(lists)) {
    const files = [];
    for (const name of found.sort()) {
      if (dependsOnClock(name) === (kind === 'clock')) files.push({ name, ...(await markOf(join(folder, name))) });
    }
    await writeJson(join(folder, list), { files });
  }
}

/**
 * Checks that every file that a finished folder was left with is there and as it was.
 * @param names files that are believed, which a list must vouch for where they are there
 * @param digested the most bytes of a file whose digest is compared; of larger ones only the size is
 * @throws InputError naming the file that is not
 */
export async function checkContents(
  folder: string,
  names: readonly string[],
  { digested = Infinity } = {},
): Promise<void> {
  const vouched = new Set<string>();
  for (const list of Object.values(lists)) {
    const path = join(folder, list);
    for (const { name, ...mark } of readList(path)) {
      await requireMark(join(folder, name), mark, { digested });
      vouched.add(name);
    }
  }
  const missing = names.find((name) => !vouched.has(name) && existsSync(join(folder, name)));
  if (missing !== undefined) {
    throw new InputError(join(folder, lists.alike), 'a list without it', `${missing} in it: it is damaged`);
  }
}

/** What of a run's folder is a model or an adapter, to whoever is given the folder as one. */
const modelFile =
  /^(?:adapter_)?(?:config|model)\.|^(?:tokenizer|special_tokens_map|generation_config|vocab|merges|chat_)/;

/**
 * Checks that the model or the adapter in a folder is as the run that it is the end of left it, where it is of a run.
 * Other files may be gone or changed.
 * @throws InputError naming the file that is not
 */
export async function checkModelFiles(folder: string): Promise<void> {
  const path = join(folder, lists.alike);
  if (!isFinishedFolder(folder)) return;
  for (const { name, ...mark } of readList(path)) if (modelFile.test(name)) await requireMark(join(folder, name), mark);
}

/** Whether a file of a folder says what else is in it: of a copy it would not be true. */
export function isContentsList(name: string): boolean {
  return Object.values<string>(lists).includes(name);
}

/** Whether a file of a finished folder was left empty: one that was emptied since is damaged, which its readers say. */
export function wasLeftEmpty(folder: string, name: string): boolean {
  return Object.values(lists)
    .map((list) => join(folder, list))
    .some((path) => existsSync(path) && readList(path).some((file) => file.name === name && file.bytes === 0));
}

function readList(path: string): z.infer<typeof contentsSchema>['files'] {
  return checked(contentsSchema, parseJson(path), { place: path }).files;
}

/** Whether a folder was left as finished; `checkContents` says whether it is whole. */
export function isFinishedFolder(folder: string): boolean {
  return Object.values(lists).every((list) => existsSync(join(folder, list)));
}

/**
 * Throws an InputError where a file does not begin with what was marked, or, unless `grown`, has more than that.
 * @param digested the most bytes whose digest is compared
 */
export async function requireMark(
  path: string,
  mark: FileMark,
  { grown = false, digested = Infinity } = {},
): Promise<void> {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    throw fileRefusal(path, error, `the ${mark.bytes} bytes that were written`);
  }
  if (size < mark.bytes || (size > mark.bytes && !grown)) {
    throw new InputError(path, `${size} bytes`, `${mark.bytes}, as many as were written: it is damaged`);
  }
  if (mark.bytes > digested) return;
  const { sha256 } = await markOf(path, mark.bytes);
  if (sha256 !== mark.sha256) throw new InputError(path, 'other bytes', 'those that were written: it is damaged');
}

/** The number of bytes of a file and their digest, up to a length. */
async function markOf(path: string, length = Infinity): Promise<FileMark> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    if (length > 0) {
      for await (const piece of createReadStream(path, { end: length - 1 })) {
        hash.update(piece as Buffer);
        bytes += (piece as Buffer).length;
      }
    }
  } catch (error) {
    throw fileRefusal(path, error, 'a file that can be read');
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length));
}
