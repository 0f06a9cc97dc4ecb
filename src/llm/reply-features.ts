import * as tf from '@tensorflow/tfjs-core';
import { nextTurn } from '../base/next-turn.js';
import { InputError } from '../base/input-error.js';
import { requireBatchSize } from './batch-size.js';
import { tokenBatch } from './data/batch.js';
import { promptTokens, promptTooLong, tokenise, type Sequence } from './data/sequence.js';
import { requireFinite } from './finite.js';
import type { LanguageModel } from './model/language-model.js';
import type { Tokenizer } from './tokenizer/tokenizer.js';

/** How features are taken from a model. */
export interface ReplyFeatureOptions {
  /** After how many of the model's blocks, from 0 (the embedding); all of them unless given. */
  readonly layer?: number;
  /** Sequences that go through the model together; it changes no result beyond rounding. */
  readonly batchSize?: number;
  /** Called after every batch with the texts done and their total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Whether a prompt leaves room for a reply in the model's context. */
export function hasRoomForReply(model: LanguageModel, tokenizer: Tokenizer, prompt: string): boolean {
  return !promptTooLong(promptTokens(tokenizer, prompt), model.contextLength);
}

/**
 * The features φ(x, y) of replies: the mean over a reply's tokens, its end-of-sequence included, of the hidden states behind
 * the model's last norm, `width` numbers. Texts are tokenised as in training and cut at the model's context; texts that
 * occur several times go through the model once.
 * @throws InputError where a prompt fills the context, or the model has no such layer
 */
export async function replyFeatures(
  model: LanguageModel,
  tokenizer: Tokenizer,
  texts: readonly { readonly prompt: string; readonly reply: string }[],
  { layer = model.config.layers, batchSize = 8, onProgress }: ReplyFeatureOptions = {},
): Promise<Float32Array[]> {
  requireBatchSize(batchSize);
  if (!Number.isInteger(layer) || layer < 0 || layer > model.config.layers) {
    throw new InputError('layer', layer, `an integer from 0 to the model's ${model.config.layers} layers`);
  }
  const numbers = new Map<string, number>();
  const sequences: Sequence[] = [];
  const numberOf = texts.map(({ prompt, reply }) => {
    const key = JSON.stringify([prompt, reply]);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const length = promptTokens(tokenizer, prompt);
    if (promptTooLong(length, model.contextLength)) {
      throw new InputError(
        'prompt',
        `${length} tokens`,
        `fewer than the model's context of ${model.contextLength} − 2`,
      );
    }
    numbers.set(key, sequences.length);
    return sequences.push(tokenise(tokenizer, { prompt, response: reply }, length, model.contextLength)) - 1;
  });
  const found: Float32Array[] = [];
  const byLength = Array.from(sequences.keys()).sort((a, b) => sequences[b].ids.length - sequences[a].ids.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const members = byLength.slice(start, start + batchSize);
    const means = meanStates(
      model,
      members.map((member) => sequences[member]),
      layer,
    );
    const values = await means.data<'float32'>();
    means.dispose();
    requireFinite('hidden state', values);
    const { width } = model.config;
    members.forEach((member, row) => (found[member] = values.slice(row * width, (row + 1) * width)));
    onProgress?.(start + members.length, sequences.length);
    await nextTurn();
  }
  return numberOf.map((number) => found[number]);
}

/** The means of the hidden states over the replies of some sequences, [sequences, width]. */
function meanStates(model: LanguageModel, sequences: readonly Sequence[], layers: number): tf.Tensor {
  const { ids, rows, length } = tokenBatch(sequences, model);
  const weights = new Float32Array(rows * length);
  sequences.forEach(({ ids: own, promptLength }, row) => {
    // Where the prompt's last token merges with all of a reply, that token is the reply.
    const first = Math.min(promptLength, own.length - 1);
    weights.fill(1 / (own.length - first), row * length + first, row * length + own.length);
  });
  return tf.tidy(() => {
    const states = model.hidden(tf.tensor2d(ids, [rows, length], 'int32'), { layers });
    return tf.sum(tf.mul(states, tf.tensor3d(weights, [rows, length, 1])), 1);
  });
}
