import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  const hash = createHash('sha256');
  const files = statSync(path).isDirectory() ? (await readdir(path)).filter(isModelFile).sort() : [''];
  for (const name of files) {
    hash.update(`${name}\n`);
    for await (const piece of createReadStream(join(path, name))) hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}
