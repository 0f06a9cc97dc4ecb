import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { attend } from './attention.js';
import type { KeyValueCache } from './language-model.js';
import { rotate, type RotaryTables } from './rotary.js';

/** What an architecture's forward pass is written in. */
export interface Network {
  /** A tensor by its HF name. */
  weight(name: string): Tensor;
  /** Rows [rows, in] through a module's linear map and, where it has one, its adapter: [rows, out]. */
  linear(rows: Tensor, module: string): Tensor;
}

/** Where in its sequences a forward pass stands. */
export interface Place {
  readonly batch: number;
  readonly length: number;
  readonly mask: Tensor;
  readonly tables: RotaryTables;
  readonly cache: KeyValueCache | undefined;
}

/** The rows of token ids [batch, length] in an embedding table: [batch · length, width]. */
export function embed(table: Tensor, ids: Tensor): Tensor {
  return tf.gather(table, tf.reshape(ids, [-1]));
}

/** Rows [batch · length, heads · headWidth] as [batch, heads, length, headWidth]. */
export function splitHeads(rows: Tensor, heads: number, { batch, length }: Place): Tensor {
  return tf.transpose(tf.reshape(rows, [batch, length, heads, -1]), [0, 2, 1, 3]);
}

/** Rotated causal attention of one layer over split heads, as rows [batch · length, heads · headWidth]. */
export function selfAttention(layer: number, queries: Tensor, keys: Tensor, values: Tensor, place: Place): Tensor {
  const turned = rotate(keys, place.tables);
  const seen = place.cache === undefined ? { keys: turned, values } : extend(place.cache, layer, turned, values);
  const mixed = attend(rotate(queries, place.tables), seen.keys, seen.values, place.mask);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [place.batch * place.length, -1]);
}

function extend(cache: KeyValueCache, layer: number, keys: Tensor, values: Tensor): { keys: Tensor; values: Tensor } {
  const past = cache.layers.at(layer);
  const whole =
    past === undefined
      ? { keys, values }
      : { keys: tf.concat([past.keys, keys], 2), values: tf.concat([past.values, values], 2) };
  tf.dispose(past === undefined ? [] : [past.keys, past.values]);
  cache.layers[layer] = { keys: tf.keep(tf.clone(whole.keys)), values: tf.keep(tf.clone(whole.values)) };
  return whole;
}
