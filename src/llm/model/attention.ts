import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { largestTensor } from '../weights/device-memory.js';
import { apply, reshape } from './custom-gradient.js';

// Added to the scores of later positions: far below any score, and finite, as GPUs may assume of their numbers.
const never = -1e9;

/**
 * What is added to attention scores: 0 where a position may look, a huge negative number later, and earlier than the
 * last `window` positions, its own included.
 * @returns [length, reach]; row i is position past + i, column j position j
 */
export function causalMask(past: number, length: number, reach: number, window = Infinity): Tensor {
  const mask = new Float32Array(length * reach);
  for (let row = 0; row < length; row++) {
    const next = past + row + 1;
    mask.fill(never, row * reach + next, (row + 1) * reach);
    mask.fill(never, row * reach, row * reach + Math.max(0, next - window));
  }
  return tf.tensor2d(mask, [length, reach]);
}

/**
 * softmax(queries · keysᵀ / sqrt(headWidth) + mask) · values. Where there are fewer key-value heads than heads,
 * consecutive heads share one (grouped-query attention).
 * @param queries [batch, heads, length, headWidth]
 * @param keys [batch, keyValueHeads, reach, headWidth]; values alike
 * @param largest the most bytes of scores in one tensor; heads whose scores together take more go one after another
 * @returns [batch, heads, length, headWidth]
 */
export function attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor, largest = largestTensor()): Tensor {
  const [batch, heads, length, headWidth] = queries.shape;
  const [, keyValueHeads = heads, reach = length] = keys.shape;
  const groups = batch * keyValueHeads;
  const rows = (heads / keyValueHeads) * length;
  const operands = [
    reshape(queries, [groups, rows, headWidth]),
    reshape(keys, [groups, reach, headWidth]),
    reshape(values, [groups, reach, headWidth]),
  ];
  const together = Math.max(1, Math.floor(largest / (4 * rows * reach)));
  const mixed: Tensor[] = [];
  for (let first = 0; first < groups; first += together) {
    const count = Math.min(together, groups - first);
    const [q, k, v] = count === groups ? operands : operands.map((x) => tf.slice(x, first, count));
    const weights = maskedSoftmax(tf.matMul(q, k, false, true), mask, headWidth ** -0.5);
    mixed.push(tf.matMul(weights, v));
  }
  return reshape(mixed.length === 1 ? mixed[0] : tf.concat(mixed), queries.shape);
}

/** softmax(scale · scores + mask) along the last axis, the mask [length, reach] repeated along the rows of scores. */
function maskedSoftmax(scores: Tensor, mask: Tensor, scale: number): Tensor {
  return apply(
    {
      forward: (x) => {
        const blocks = tf.reshape(tf.mul(x, scale), [-1, ...mask.shape]);
        const weights = tf.reshape(tf.softmax(tf.add(blocks, mask)), x.shape);
        return { value: weights, saved: [weights] };
      },
      backward: (dy, [weights]) => {
        const weighted = tf.mul(dy, weights);
        return [tf.mul(tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), weights)), scale)];
      },
    },
    scores,
  );
}
