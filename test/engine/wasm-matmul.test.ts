import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { openedBackend } from './opened.js';

openedBackend('wasm');

/** Shapes around every border of the kernel: tiles of 4 × 8, blocks of 128 × 256 × 256, fewer rows than a tile. */
const shapes = [
  { rows: 1, depth: 5, columns: 3 },
  { rows: 3, depth: 257, columns: 37 },
  { rows: 4, depth: 8, columns: 8 },
  { rows: 5, depth: 7, columns: 9 },
  { rows: 131, depth: 259, columns: 263 },
  { rows: 128, depth: 512, columns: 256 },
  { rows: 3, depth: 20, columns: 600 },
];

describe.each(shapes)('a product of $rows × $depth by $depth × $columns', ({ rows, depth, columns }) => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('with operands transposed %j, %j is the sum of products to rounding', async (transposeA, transposeB) => {
    const random = stream(1, 'product');
    const left = Float32Array.from({ length: rows * depth }, () => random.normal());
    const right = Float32Array.from({ length: depth * columns }, () => random.normal());
    const product = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d(left, transposeA ? [depth, rows] : [rows, depth]),
        tf.tensor2d(right, transposeB ? [columns, depth] : [depth, columns]),
        transposeA,
        transposeB,
      ),
    );
    const found = await product.data();
    product.dispose();
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        let size = 0;
        for (let k = 0; k < depth; k++) {
          const term =
            left[transposeA ? k * rows + i : i * depth + k] * right[transposeB ? j * depth + k : k * columns + j];
          sum += term;
          size += Math.abs(term);
        }
        largest = Math.max(largest, Math.abs(found[i * columns + j] - sum) / size);
      }
    }
    // At most depth roundings of 2⁻²⁴ each, and far fewer in practice.
    expect(largest).toBeLessThan(Math.min(depth, 16) * 2 ** -24);
  });
});
