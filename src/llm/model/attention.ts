import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

// Added to the scores of later positions: far below any score, and finite, as GPUs may assume of their numbers.
const never = -1e9;

/**
 * What is added to attention scores: 0 where a position may look, a huge negative number later.
 * @returns [length, reach]; row i is position past + i, column j position j
 */
export function causalMask(past: number, length: number, reach: number): Tensor {
  const mask = new Float32Array(length * reach);
  for (let row = 0; row < length; row++) mask.fill(never, row * reach + past + row + 1, (row + 1) * reach);
  return tf.tensor2d(mask, [length, reach]);
}

/**
 * softmax(queries · keysᵀ / sqrt(headWidth) + mask) · values. Where there are fewer key-value heads than heads,
 * consecutive heads share one (grouped-query attention).
 * @param queries [batch, heads, length, headWidth]
 * @param keys [batch, keyValueHeads, reach, headWidth]; values alike
 * @returns [batch, heads, length, headWidth]
 */
export function attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor): Tensor {
  const [batch, heads, length, headWidth] = queries.shape;
  const [, keyValueHeads, reach] = keys.shape;
  const group = heads / keyValueHeads;
  const grouped = tf.reshape(tf.mul(queries, headWidth ** -0.5), [batch, keyValueHeads, group * length, headWidth]);
  const scores = tf.reshape(tf.matMul(grouped, keys, false, true), [batch, heads, length, reach]);
  const weights = tf.reshape(tf.softmax(tf.add(scores, mask)), [batch, keyValueHeads, group * length, reach]);
  return tf.reshape(tf.matMul(weights, values), queries.shape);
}
