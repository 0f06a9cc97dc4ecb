import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { digestOf } from '../../base/digest.js';
import { readKept, writeKept } from '../../base/kept-file.js';
import type { PreferencePair } from '../data/preferences.js';
import type { Sequence } from '../data/sequence.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import { referenceValues, withReferenceValues } from './prepare-data.js';

/** What the reference log-probabilities depend on. */
export interface ReferenceKey {
  /** The digest of the reference model's files. */
  readonly model: string;
  /** The digest of the tokenised pairs. */
  readonly data: string;
  /** Backends differ in the last digits, and a run that goes on must meet the numbers it began with. */
  readonly backend: string;
  /** So may versions of this program. */
  readonly version: string;
}

/** The reference policy's log-probabilities of some pairs, and where they are kept. */
export interface ReferenceOptions {
  readonly pairs: readonly PreferencePair[];
  readonly key: ReferenceKey;
  /** The folder of the cache. */
  readonly cache: string;
  /** Opens the reference policy; called only where the cache has no answer. */
  readonly open: () => Promise<{
    readonly model: LanguageModel;
    readonly adapter: boolean;
    readonly close: () => void;
  }>;
  readonly onProgress?: (done: number, total: number) => void;
}

const cachedSchema = z.object({ chosen: z.array(z.number()), rejected: z.array(z.number()) });

/** The pairs with their reference log-probabilities: from the cache, or else computed once and kept there. */
export async function withReference({
  pairs,
  key,
  cache,
  open,
  onProgress,
}: ReferenceOptions): Promise<ReferencedPair[]> {
  const path = join(cache, `${digestOf(JSON.stringify(key))}.json`);
  const known = readCached(path, pairs.length);
  if (known !== undefined) return withReferenceValues(pairs, known);
  const { model, adapter, close } = await open();
  const values = await referenceValues(model, pairs, { adapter, ...(onProgress && { onProgress }) });
  close();
  await writeKept(path, JSON.stringify({ key, ...values }));
  return withReferenceValues(pairs, values);
}

/** A cached answer, or undefined where there is none of this length; a damaged file counts as none. */
function readCached(path: string, count: number): z.infer<typeof cachedSchema> | undefined {
  const text = readKept(path);
  const { data } = cachedSchema.safeParse(text === undefined ? undefined : JSON.parse(text));
  return data?.chosen.length === count && data.rejected.length === count ? data : undefined;
}

/** The digest of sequences: their tokens, where each prompt ends, and what of the rest is predicted. */
export function digestOfSequences(sequences: readonly Sequence[]): string {
  const hash = createHash('sha256');
  for (const { ids, promptLength, replies } of sequences) {
    hash.update(Int32Array.of(promptLength, ids.length));
    hash.update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
    // A mark that is no prompt's length: the spans that are predicted, where not all behind the prompt is.
    if (replies !== undefined) hash.update(Int32Array.of(-1, ...replies.flatMap(({ start, end }) => [start, end])));
  }
  return hash.digest('hex');
}

function isModelFile(name: string): boolean {
  return /config\.json$|\.safetensors(\.index\.json)?$/.test(name) && name !== 'checkpoint.safetensors';
}

/** The digest of a model: of its file, or of the settings and weights in its folder. */
export async function digestOfModel(path: string): Promise<string> {
  const names = statSync(path).isDirectory() ? (await readdir(path)).filter(isModelFile).sort() : [''];
  const files = names.map((name) => ({ name, path: join(path, name) }));
  const bytes = files.reduce((sum, file) => sum + statSync(file.path).size, 0);
  const found = bytes < largeModel ? undefined : await digestInThread(files);
  if (found !== undefined) return found;
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.name}\n`);
    for await (const piece of createReadStream(file.path)) hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** From so many bytes on a thread of its own reads and digests, while weights are loaded in this one. */
const largeModel = 2 ** 26;

/** The digest of files by a thread; undefined where it failed, for whatever reason. */
function digestInThread(
  files: readonly { readonly name: string; readonly path: string }[],
): Promise<string | undefined> {
  const worker = new Worker(digesting, { eval: true, workerData: files, execArgv: [], env: {} });
  return new Promise((resolve) => {
    worker.on('message', resolve);
    worker.on('error', () => {
      resolve(undefined);
    });
  });
}

/** The thread's program, as text: a thread started from a file would need to find it in every build. */
const digesting = `
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const hash = createHash('sha256');
const buffer = new Uint8Array(2 ** 22);
for (const { name, path } of workerData) {
  hash.update(name + '\\n');
  const descriptor = openSync(path);
  for (let count; (count = readSync(descriptor, buffer)) > 0;) hash.update(buffer.subarray(0, count));
  closeSync(descriptor);
}
parentPort.postMessage(hash.digest('hex'));
`;
