import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { openBackend } from '../../src/engine/backend.js';
import { asHalfMatrix, productWith, takenRows, type HalfType } from '../../src/engine/half-matrix.js';
import { outsideBytes, outsideTensor } from '../../src/engine/wasm-outside.js';
import { fromHalves, toBfloat16, toFloat16 } from '../../src/llm/weights/half-precision.js';
import { describeOnBackends } from './on-backends.js';

const types = ['float16', 'bfloat16'] as const;

function packed(halves: Uint16Array, shape: readonly [number, number], type: HalfType): tf.Tensor {
  return asHalfMatrix(tf.tensor(new Int32Array(halves.buffer), [shape[0], shape[1] / 2], 'int32'), type);
}

/** The bits of float32 numbers, since equality takes −0 for 0. */
function bits(values: Float32Array | Uint8Array | Int32Array): Uint32Array {
  return new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
}

const read = async (tensor: tf.Tensor): Promise<Uint32Array> => bits(await tensor.data());

/** Bits are the same. That of long arrays takes long to say by an assertion about each. */
function expectBits(found: Uint32Array, expected: Uint32Array): void {
  expect(found.length).toBe(expected.length);
  expect(found.findIndex((one, i) => one !== expected[i])).toBe(-1);
}

it('a matrix of halves outside of the module gives the bits of one in it, brought in by several panels', async () => {
  const backend = await openBackend('wasm', { threads: 2 });
  try {
    // So wide that a panel has the fewest rows that there may be.
    const [rows, packed] = [600, 17_000];
    const values = new Int32Array(rows * packed);
    let state = 1;
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      // Some bit of each exponent is 0: all are finite.
      values[i] = state & 0xbbffbbff;
    }
    const shape = [rows, packed];
    const [inside, outside] = [tf.tensor(values, shape, 'int32'), outsideTensor(values, shape)].map((tensor) =>
      asHalfMatrix(tensor, 'float16'),
    );
    expect([outsideBytes([inside]), outsideBytes([outside])]).toEqual([0, 4 * values.length]);
    for (const height of [2, 5]) {
      for (const [transposed, depth, columns] of [
        [false, rows, 2 * packed],
        [true, 2 * packed, rows],
      ] as const) {
        const a = tf.tensor(
          Float32Array.from({ length: height * depth }, (_, i) => Math.sin(i)),
          [height, depth],
        );
        const bias = tf.range(0, columns);
        const [found, expected] = [outside, inside].map((matrix) => productWith(a, matrix, transposed, bias));
        expectBits(await read(found), await read(expected));
        tf.dispose([a, bias, found, expected]);
      }
    }
    const indices = tf.tensor1d([599, 0, 300], 'int32');
    expectBits(await read(takenRows(outside, indices)), await read(takenRows(inside, indices)));
    // Other kernels would read what is not there.
    expect(() => tf.neg(outside)).toThrow();
    expect(await outside.data()).toBe(values);
    const held = tf.memory().numBytes;
    outside.dispose();
    expect(held - tf.memory().numBytes).toBe(4 * values.length);
  } finally {
    backend.close();
  }
});

describeOnBackends(
  ['wasm', 'webgpu'],
  'a matrix of halves',
  (name) => {
    // A software GPU compiles what both types have in common once.

    it.each(types)(
      'is to the bit the float32 matrix of its numbers, in %s: every finite half, and products of every shape',
      async (type) => {
        const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
        const exponent = type === 'float16' ? 0x7c00 : 0x7f80;
        const finite = all.filter((half) => (half & exponent) !== exponent);
        const table = packed(finite, [finite.length / 2, 2], type);
        const rows = takenRows(
          table,
          tf.tensor1d(
            Int32Array.from({ length: finite.length / 2 }, (_, i) => i),
            'int32',
          ),
        );
        expectBits(await read(rows), bits(fromHalves(finite, type)));

        const shapes =
          name === 'wasm'
            ? [
                [1, 6, 4],
                [3, 258, 38],
                [4, 8, 8],
                [5, 8, 10],
                [131, 260, 262],
                [300, 512, 256],
                [2, 20, 600],
              ]
            : [
                [1, 6, 4],
                [5, 8, 10],
                [33, 64, 34],
                // Of fours, in the stock program for few tiles and in that for many.
                [5, 8, 32],
                [96, 36, 160],
                // Deep.
                [5, 2048, 36],
              ];
        for (const [height, depth, columns] of shapes) {
          const random = stream(1, `halves ${height}`);
          const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
          const weights = numbers(depth * columns);
          // Some below the normal halves.
          for (let i = 0; i < weights.length; i += 7) weights[i] *= 1e-6;
          const halves = (type === 'float16' ? toFloat16 : toBfloat16)(weights);
          const same = fromHalves(halves, type);
          for (const transposed of [false, true]) {
            const shape: [number, number] = transposed ? [columns, depth] : [depth, columns];
            const a = tf.tensor2d(numbers(height * depth), [height, depth]);
            const [half, plain] = [packed(halves, shape, type), tf.tensor2d(same, shape)];
            expectBits(await read(productWith(a, half, transposed)), await read(productWith(a, plain, transposed)));
          }
        }
      },
      120_000,
    );
  },
  { threads: 2 },
);
