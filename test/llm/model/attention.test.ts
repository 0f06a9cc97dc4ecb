import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attend, causalMask } from '../../../src/llm/model/attention.js';
import { hashedUniform } from '../../../src/llm/profile/hashed-weights.js';
import { wrapKernels } from '../../../src/llm/profile/recording.js';
import { openedBackend } from '../../engine/opened.js';

openedBackend('wasm');

const [batch, heads, keyValueHeads, length, headWidth] = [3, 4, 2, 5, 8];
const tensorOf = (salt: number, count: number): tf.Tensor =>
  tf.tensor4d(hashedUniform(salt, { first: 0, end: batch * count * length * headWidth }), [
    batch,
    count,
    length,
    headWidth,
  ]);

/** Attention, the gradients of a weighted sum of it, and how often a softmax was taken. */
function measured(largest: number): { arrays: Float32Array[]; softmaxes: number } {
  let softmaxes = 0;
  const unwrap = wrapKernels((kernel, f) => {
    if (kernel === 'Softmax') softmaxes++;
    return f();
  });
  const inputs = [tensorOf(1, heads), tensorOf(2, keyValueHeads), tensorOf(3, keyValueHeads)];
  const [weights, mask] = [tensorOf(4, heads), causalMask(0, length, length)];
  const loss = (...[q, k, v]: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(attend(q, k, v, mask, largest), weights));
  const { value, grads } = tf.valueAndGrads(loss)(inputs);
  unwrap();
  const arrays = [value, ...grads].map((tensor) => tensor.dataSync<'float32'>());
  tf.dispose([value, ...grads, ...inputs, weights, mask]);
  return { arrays, softmaxes };
}

it('scores that no buffer holds are computed a few heads at a time, to the same numbers', () => {
  const groups = batch * keyValueHeads;
  const bytes = 4 * (heads / keyValueHeads) * length * length;
  const whole = measured(groups * bytes);
  expect(whole.softmaxes).toBe(1);
  for (const together of [1, 4, 5]) {
    const split = measured((together + 1) * bytes - 1);
    expect(split.softmaxes).toBe(Math.ceil(groups / together));
    expect(split.arrays).toEqual(whole.arrays);
  }
});
