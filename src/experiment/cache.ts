import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../base/digest.js';
import { readKept, writeKept } from '../base/kept-file.js';

/** Finished tasks in a folder, one file each, named by the hash of everything that made them. */
export interface Cache {
  /** What made every task, beside its inputs. */
  readonly salt: string;
  /** The stored result of these inputs, or what `compute` gives, stored: the same JSON value either way. */
  get<Result>(inputs: unknown, compute: () => Promise<Result>): Promise<Result>;
  /** Whether a result of these inputs is stored, whole. */
  has(inputs: unknown): boolean;
}

/**
 * The cache in a folder. A task's file is written whole or not at all, so that a run that was killed finds every
 * task that it finished and none that it did not; a damaged one is computed anew.
 * @param salt what made every task, beside its inputs: the version and the code
 */
export function openCache(folder: string, salt: string): Cache {
  const asked = new Map<string, Promise<string>>();
  const textOf = async (name: string, compute: () => Promise<unknown>): Promise<string> => {
    const path = join(folder, name);
    const stored = readKept(path);
    if (stored !== undefined) return stored;
    const text = JSON.stringify(await compute());
    await writeKept(path, text);
    return text;
  };
  const nameOf = (inputs: unknown): string => `${digest([salt, inputs])}.json`;
  return {
    salt,
    has: (inputs) => readKept(join(folder, nameOf(inputs))) !== undefined,
    async get<Result>(inputs: unknown, compute: () => Promise<Result>): Promise<Result> {
      const name = nameOf(inputs);
      // What is asked for twice at the same time is computed once.
      const text = asked.get(name) ?? textOf(name, compute);
      asked.set(name, text);
      return JSON.parse(await text) as Result;
    },
  };
}

/** A SHA-256 of plain data, typed arrays by their bytes. */
export function digest(value: unknown): string {
  const text = JSON.stringify(value, (_key, entry: unknown) =>
    ArrayBuffer.isView(entry)
      ? bytesDigest(entry)
      : typeof entry === 'number' && !Number.isFinite(entry)
        ? String(entry)
        : entry,
  );
  return digestOf(text);
}

/** A SHA-256 of the names and contents of all files under the folders. */
export function sourceHash(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) hash.update(`${file.slice(folder.length)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const bytesDigests = new WeakMap<ArrayBufferView, string>();

/** The digest of a typed array's bytes, remembered: a problem's data is hashed for every task but never changes. */
function bytesDigest(view: ArrayBufferView): string {
  const known = bytesDigests.get(view);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const found = `${view.constructor.name}:${digestOf(bytes)}`;
  bytesDigests.set(view, found);
  return found;
}
