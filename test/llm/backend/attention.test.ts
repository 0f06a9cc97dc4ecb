import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/llm/backend/backend.js';
import { causalMask } from '../../../src/llm/model/attention.js';
import { fusedAttention, selfAttention, splitHeads, type Place } from '../../../src/llm/model/network.js';
import { rotaryFrequencies, rotaryTables } from '../../../src/llm/model/rotary.js';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});
afterAll(() => {
  backend.close();
});

const batch = 2;

/** Lengths around the kernel's block of 64 queries; head widths that are no multiple of a vector; heads that share keys. */
const cases = [
  { length: 5, heads: 2, keyValueHeads: 2, headWidth: 6, rotated: 2 },
  { length: 64, heads: 2, keyValueHeads: 1, headWidth: 8, rotated: 8 },
  { length: 131, heads: 4, keyValueHeads: 2, headWidth: 20, rotated: 4 },
];

/** A forward pass's place at the beginning of its sequences. */
function placeOf({ length, headWidth, rotated }: (typeof cases)[number]): Place {
  const tables = rotaryTables(rotaryFrequencies(rotated, 10000), headWidth, 0, length);
  return { batch, length, mask: causalMask(0, length, length), tables, memory: undefined };
}

/** The largest difference of two tensors, relative to the largest number of the second. */
async function difference(found: tf.Tensor, expected: tf.Tensor): Promise<number> {
  expect(found.shape).toEqual(expected.shape);
  const [a, b] = [[...(await found.data())], [...(await expected.data())]];
  const size = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0) / size;
}

it.each(cases)('attention as one kernel is the composed one, and so are its gradients: %j', async (sizes) => {
  const { length, heads, keyValueHeads, headWidth } = sizes;
  const place = placeOf(sizes);
  const random = (head: number, seed: number): tf.Tensor =>
    tf.randomNormal([batch * length, head * headWidth], 0, 1, 'float32', seed);
  const inputs = [random(heads, 1), random(keyValueHeads, 2), random(keyValueHeads, 3)];
  const direction = random(heads, 4);
  const fused = (...rows: tf.Tensor[]): tf.Tensor => fusedAttention(rows, { heads, keyValueHeads, headWidth }, place);
  const composed = (...rows: tf.Tensor[]): tf.Tensor => {
    const [queries, keys, values] = rows.map((part, i) => splitHeads(part, i === 0 ? heads : keyValueHeads, place));
    return selfAttention(0, queries, keys, values, place);
  };
  expect(await difference(fused(...inputs), composed(...inputs))).toBeLessThan(2e-6);
  const gradients = [fused, composed].map((f) => tf.grads((...rows) => tf.sum(tf.mul(f(...rows), direction)))(inputs));
  for (const [i, gradient] of gradients[0].entries()) {
    expect(await difference(gradient, gradients[1][i])).toBeLessThan(5e-6);
  }
});
