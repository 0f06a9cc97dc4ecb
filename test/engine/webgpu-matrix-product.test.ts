import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { openBackend } from '../../src/engine/backend.js';
import { compilingTimeout, hasWebGpu } from '../llm/webgpu.js';

describe.skipIf(!(await hasWebGpu()))('a deep product with few columns on webgpu', () => {
  it(
    'is what float64 makes of it, in either order of its right operand, and the same every time',
    async () => {
      const [rows, depth, columns] = [5, 2048, 36];
      const random = stream(1, 'deep products');
      const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
      const [left, right] = [numbers(rows * depth), numbers(depth * columns)];
      const backend = await openBackend('webgpu');
      try {
        for (const transposed of [false, true]) {
          const at = (k: number, column: number): number =>
            right[transposed ? column * depth + k : k * columns + column];
          const a = tf.tensor2d(left, [rows, depth]);
          const b = tf.tensor2d(right, transposed ? [columns, depth] : [depth, columns]);
          const [found, again] = [
            await tf.matMul(a, b, false, transposed).data(),
            await tf.matMul(a, b, false, transposed).data(),
          ];
          expect(again).toEqual(found);
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++) {
              let sum = 0;
              for (let k = 0; k < depth; k++) sum += left[row * depth + k] * at(k, column);
              // Of sums whose standard deviation is 45.
              expect(Math.abs(found[row * columns + column] - sum)).toBeLessThan(1e-3);
            }
          }
        }
      } finally {
        backend.close();
      }
    },
    compilingTimeout,
  );
});
