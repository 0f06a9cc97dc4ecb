import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasKernel } from '../../src/engine/fused-kernels.js';
import { causalMask } from '../../src/llm/model/attention.js';
import { selfAttention, type Place } from '../../src/llm/model/network.js';
import { rotaryFrequencies, rotaryTables } from '../../src/llm/model/rotary.js';
import { compilingTimeout } from '../llm/webgpu.js';
import { describeOnBackends } from './on-backends.js';

const batch = 2;

/**
 * Lengths around blocks of 64 queries and tiles of 32, and beyond the 256 threads of a workgroup; head widths that are
 * no multiple of a vector, or wider than a tile; heads that share keys; queries, keys and values in one tensor. A
 * software GPU compiles every width for seconds, those of one number of vectors once.
 */
const cases = [
  { length: 1, heads: 2, keyValueHeads: 1, headWidth: 8, rotated: 4, joined: false },
  { length: 5, heads: 2, keyValueHeads: 2, headWidth: 6, rotated: 2, joined: false },
  { length: 6, heads: 2, keyValueHeads: 2, headWidth: 6, rotated: 0, joined: false },
  { length: 33, heads: 3, keyValueHeads: 3, headWidth: 7, rotated: 4, joined: true },
  { length: 64, heads: 2, keyValueHeads: 1, headWidth: 8, rotated: 8, joined: false },
  { length: 131, heads: 4, keyValueHeads: 2, headWidth: 8, rotated: 4, joined: false },
  { length: 300, heads: 2, keyValueHeads: 2, headWidth: 38, rotated: 38, joined: true },
];

type Sizes = (typeof cases)[number];

/** A forward pass's place at the beginning of its sequences; with a mask its attention is composed. */
function placeOf({ length, headWidth, rotated }: Sizes, composed: boolean): Place {
  const tables = rotaryTables(rotaryFrequencies(rotated, 10000), headWidth, 0, length);
  const mask = composed ? causalMask(0, length, length) : undefined;
  return { batch, length, past: 0, tables, mask, windowMask: undefined, memory: undefined };
}

/** How many tensors there are, and how many arrays the backend holds, those that are no tensor's among them. */
function held(): number[] {
  return [tf.memory().numTensors, tf.backend().numDataIds()];
}

/** The largest difference of two tensors, relative to the largest number of the second, or absolute where all are 0. */
async function difference(found: tf.Tensor, expected: tf.Tensor): Promise<number> {
  expect(found.shape).toEqual(expected.shape);
  const [a, b] = [[...(await found.data())], [...(await expected.data())]];
  const size = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0) / size;
}

describeOnBackends(['wasm', 'webgpu'], 'attention as one kernel', () => {
  it.each(cases)(
    'is the composed one, and so are its gradients: %j',
    async (sizes) => {
      const { length, heads, keyValueHeads, headWidth, joined } = sizes;
      expect(hasKernel('Attention')).toBe(true);
      const places = [placeOf(sizes, false), placeOf(sizes, true)];
      const random = (head: number, seed: number): tf.Tensor =>
        tf.randomNormal([batch * length, head * headWidth], 0, 1, 'float32', seed);
      const inputs = joined
        ? [random(3 * heads, 1)]
        : [random(heads, 1), random(keyValueHeads, 2), random(keyValueHeads, 3)];
      const direction = random(heads, 4);
      const [fused, composed] = places.map(
        (place) =>
          (...rows: tf.Tensor[]): tf.Tensor =>
            selfAttention(rows, { layer: 0, heads, keyValueHeads, headWidth }, place),
      );
      const before = held();
      const values = [fused, composed].map((f) => tf.tidy(() => f(...inputs)));
      expect(await difference(values[0], values[1])).toBeLessThan(2e-6);
      const gradients = [fused, composed].map((f) =>
        tf.grads((...rows) => tf.sum(tf.mul(f(...rows), direction)))(inputs),
      );
      for (const [i, gradient] of gradients[0].entries()) {
        expect(await difference(gradient, gradients[1][i])).toBeLessThan(5e-6);
      }
      tf.dispose([...values, ...gradients.flat()]);
      expect(held()).toEqual(before);
    },
    compilingTimeout,
  );
});
