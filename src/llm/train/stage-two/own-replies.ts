import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { digestOf } from '../../../base/digest.js';
import { readKept, writeKept } from '../../../base/kept-file.js';
import { nextTurn } from '../../../base/next-turn.js';
import { stream } from '../../../base/random-stream.js';
import { version } from '../../../base/version.js';
import { predictedSpans, type Sequence } from '../../data/sequence.js';
import type { SftExample } from '../../data/sft.js';
import { drawnToken } from '../../drawn-token.js';
import { nextLogits } from '../../generate.js';
import type { KeyValueCache } from '../../model/cache.js';
import type { LanguageModel } from '../../model/language-model.js';
import { downloaded } from '../../weights/device-memory.js';

/** How a model answers prompts of SFT itself. */
export interface OwnReplyOptions {
  /** The tokens that end a reply, of which the first closes one that is cut. */
  readonly ends: readonly number[];
  /** The longest sequence, prompt and reply together; longer replies are cut. */
  readonly maximumLength: number;
  /** Where replies are kept, and what tells the model that is trained, its adapter aside, and the backend from others. */
  readonly cache?: { readonly folder: string; readonly model: string; readonly backend: string };
}

const keptSchema = z.record(z.string(), z.array(z.int().nonnegative()));

/**
 * Examples of SFT with a reply of the model in place of their own: drawn token by token from its distribution, at
 * temperature 1. Of a conversation the last reply is replaced. What an example's reply is depends on the model, the seed and
 * the example's place alone, so each is drawn once and kept.
 * @param wanted the places of the examples that are needed; any other of the returned list throws where it is read
 */
export async function ownReplies(
  model: LanguageModel,
  examples: readonly SftExample[],
  wanted: ReadonlySet<number>,
  { seed, ends, maximumLength, cache }: OwnReplyOptions & { readonly seed: number },
): Promise<SftExample[]> {
  const prompts = examples.map(({ sequence }) => promptOf(sequence));
  const path =
    cache === undefined
      ? undefined
      : join(
          cache.folder,
          `own-replies-${digestOf(
            JSON.stringify({
              ...{ version, model: cache.model, backend: cache.backend, seed, ends, maximumLength },
              variables: await digestOfVariables(model.trainable),
              prompts: digestOf(JSON.stringify(prompts)),
            }),
          )}.json`,
        );
  const replies = new Map(Object.entries(path === undefined ? {} : read(path)).map(([at, ids]) => [Number(at), ids]));
  const before = replies.size;
  for (const at of wanted) {
    if (replies.has(at)) continue;
    const random = stream(seed, `own-reply ${at}`);
    replies.set(at, await drawnReply(model, prompts[at], { ends, maximumLength }, () => random.uniform()));
    await nextTurn();
  }
  if (path !== undefined && replies.size > before) await writeKept(path, JSON.stringify(Object.fromEntries(replies)));
  return examples.map(({ index }, at): SftExample => {
    const reply = wanted.has(at) ? replies.get(at) : undefined;
    if (reply !== undefined) {
      const ids = Int32Array.from([...prompts[at], ...reply]);
      return { index, sequence: { ids, promptLength: prompts[at].length } };
    }
    return {
      index,
      get sequence(): Sequence {
        throw new Error(`the reply to prompt ${at} was not drawn`);
      },
    };
  });
}

/** All that stands before the last reply. */
function promptOf(sequence: Sequence): number[] {
  const [start = sequence.promptLength] = predictedSpans(sequence)
    .slice(-1)
    .map((span) => span.start);
  return Array.from(sequence.ids.subarray(0, start));
}

async function drawnReply(
  model: LanguageModel,
  prompt: readonly number[],
  { ends, maximumLength }: Pick<OwnReplyOptions, 'ends' | 'maximumLength'>,
  uniform: () => number,
): Promise<number[]> {
  const cache: KeyValueCache = { length: 0, layers: [] };
  const reply: number[] = [];
  try {
    for (let next: readonly number[] = prompt; prompt.length + reply.length < maximumLength; next = reply.slice(-1)) {
      reply.push(drawnToken(await nextLogits(model, next, cache), uniform()));
      if (ends.includes(reply[reply.length - 1])) return reply;
    }
  } finally {
    tf.dispose(cache.layers.flatMap(({ keys, values }) => [keys, values]));
  }
  // As sequences of data are that are cut.
  reply[reply.length - 1] = ends[0];
  return reply;
}

/** A kept file of an earlier run; what is damaged counts as none. */
function read(path: string): Record<string, number[]> {
  const text = readKept(path);
  return keptSchema.safeParse(text === undefined ? undefined : JSON.parse(text)).data ?? {};
}

async function digestOfVariables(variables: ReadonlyMap<string, tf.Variable>): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, variable] of variables) {
    hash.update(`${name} ${variable.shape.join()}\n`);
    const values = await downloaded(variable);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
