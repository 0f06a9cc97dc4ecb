import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { InputError } from '../base/input-error.js';
import { stream, type Stream } from '../base/random-stream.js';
import type { KeyValueCache } from './model/cache.js';
import { requireFinite } from './finite.js';
import type { LanguageModel } from './model/language-model.js';
import type { Tokenizer } from './tokenizer/tokenizer.js';

/** What to go on from, and how to sample. */
export interface GenerateOptions {
  readonly prompt: string;
  readonly maxTokens: number;
  /** Divides the logits; 0 takes the most likely token. */
  readonly temperature: number;
  /** Samples among the fewest tokens whose probabilities sum to at least this; 1 among all. */
  readonly topP: number;
  readonly seed: number;
  /** Called with the text so far after every token. */
  readonly onToken?: (text: string) => void;
}

/** A sampled continuation. */
export interface Generation {
  readonly promptIds: readonly number[];
  /** The sampled ids, without the one that ended the text. */
  readonly ids: readonly number[];
  /** The text of the sampled ids. */
  readonly text: string;
  /** end: the model ended the text; length: maxTokens or the context was reached. */
  readonly stopped: 'end' | 'length';
}

/**
 * Samples a continuation of the prompt, keeping the keys and values of what was seen. The same seed gives the same
 * text on the same backend.
 * @throws InputError when the prompt does not fit the context
 */
export async function generate(
  model: LanguageModel,
  tokenizer: Tokenizer,
  options: GenerateOptions,
): Promise<Generation> {
  const promptIds = beginning(tokenizer, options.prompt);
  if (promptIds.length === 0) throw new InputError('prompt', options.prompt, 'some text: this model has no BOS token');
  if (promptIds.length >= model.contextLength) {
    throw new InputError(
      'prompt',
      `${promptIds.length} tokens`,
      `fewer than the model's context of ${model.contextLength}`,
    );
  }
  const ends = new Set(tokenizer.endIds);
  const random = stream(options.seed, 'generate');
  const cache: KeyValueCache = { length: 0, layers: [] };
  const ids: number[] = [];
  const length = Math.min(options.maxTokens, model.contextLength - promptIds.length + 1);
  let stopped: Generation['stopped'] = 'length';
  try {
    for (let next = promptIds; ids.length < length; next = ids.slice(-1)) {
      const id = choose(await nextLogits(model, next, cache), options, random);
      if (ends.has(id)) {
        stopped = 'end';
        break;
      }
      ids.push(id);
      options.onToken?.(textAfter(tokenizer, promptIds, ids));
    }
  } finally {
    tf.dispose(cache.layers.flatMap(({ keys, values }) => [keys, values]));
  }
  return { promptIds, ids, text: textAfter(tokenizer, promptIds, ids), stopped };
}

/** llama2.c texts begin with BOS; an empty prompt begins with it, or where there is none with EOS. */
function beginning(tokenizer: Tokenizer, prompt: string): number[] {
  const ids = tokenizer.encode(prompt);
  const start = tokenizer.bosId ?? tokenizer.eosId;
  const marked = tokenizer.kind === 'llama2c' || ids.length === 0;
  return marked && start !== undefined && ids[0] !== start ? [start, ...ids] : ids;
}

/** What decoding the continuation adds to the prompt: its first token's leading space counts. */
function textAfter(tokenizer: Tokenizer, promptIds: readonly number[], ids: readonly number[]): string {
  const before = tokenizer.decode(promptIds);
  const whole = tokenizer.decode([...promptIds, ...ids]);
  return whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode(ids);
}

/** The logits of the token behind some ids, which continue what a cache holds. */
export async function nextLogits(
  model: LanguageModel,
  ids: readonly number[],
  cache: KeyValueCache,
): Promise<Float32Array> {
  const logits: Tensor = tf.tidy(() => {
    const hidden = model.hidden(tf.tensor2d([...ids], [1, ids.length], 'int32'), { cache });
    const last = tf.slice(hidden, [0, ids.length - 1, 0], [1, 1, -1]);
    return model.project(tf.reshape(last, [1, -1]));
  });
  const values = await logits.data<'float32'>();
  logits.dispose();
  requireFinite('logit', values);
  return values;
}

function choose(logits: Float32Array, { temperature, topP }: GenerateOptions, random: Stream): number {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  if (temperature === 0) return order[0];
  const weights = order.map((id) => Math.exp((logits[id] - logits[order[0]]) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  let keptWeight = 0;
  while (kept < weights.length && keptWeight < topP * total) keptWeight += weights[kept++];
  let left = random.uniform() * keptWeight;
  for (let i = 0; i < kept; i++) {
    left -= weights[i];
    if (left < 0) return order[i];
  }
  return order[Math.max(kept - 1, 0)];
}
