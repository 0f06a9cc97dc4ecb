import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { adamwStep, disposeAdamw, initialAdamw } from '../../../src/llm/train/adamw.js';
import { clipped, globalNorm } from '../../../src/llm/train/clipping.js';
import { stream } from '../../../src/base/random-stream.js';
import { describeOnBackends } from '../../engine/on-backends.js';

// More tensors than a GPU binds buffers, and two steps of gradients for each.
const count = 24;
const random = stream(0, 'test-gradients');
const values = (): number[][] =>
  Array.from({ length: count }, () => [random.normal(), random.normal(), random.normal()]);
const start = values();
const steps = [values(), values()];

/** The weights after two clipped AdamW steps in double precision, by the formulas. */
function expected(maximumNorm: number, rate: number): { norms: number[]; weights: number[][] } {
  const weights = start.map((row) => [...row]);
  const [first, second] = [start.map((row) => row.map(() => 0)), start.map((row) => row.map(() => 0))];
  const norms = steps.map((gradients, t) => {
    const norm = Math.sqrt(gradients.flat().reduce((sum, g) => sum + g * g, 0));
    const scale = Math.min(1, maximumNorm / (norm + 1e-6));
    gradients.forEach((row, i) => {
      row.forEach((gradient, j) => {
        const g = scale * gradient;
        first[i][j] = 0.9 * first[i][j] + 0.1 * g;
        second[i][j] = 0.95 * second[i][j] + 0.05 * g * g;
        const m = first[i][j] / (1 - 0.9 ** (t + 1));
        const v = second[i][j] / (1 - 0.95 ** (t + 1));
        weights[i][j] -= (rate * m) / (Math.sqrt(v) + 1e-8);
      });
    });
    return norm;
  });
  return { norms, weights };
}

describeOnBackends(['cpu', 'wasm', 'webgpu'], 'clipping and AdamW', () => {
  it(`take ${count} tensors where the formulas do`, async () => {
    const { norms, weights } = expected(1, 0.1);
    const trainable = new Map(start.map((row, i) => [`w${i}`, tf.tidy(() => tf.variable(tf.tensor1d(row)))]));
    const state = initialAdamw(trainable);
    for (const [t, gradients] of steps.entries()) {
      const given = new Map(gradients.map((row, i) => [`w${i}`, tf.tensor1d(row) as tf.Tensor]));
      const norm = globalNorm(given);
      expect((await norm.data())[0]).toBeCloseTo(norms[t], 4);
      adamwStep(trainable, clipped(given, norm, 1), state, 0.1);
    }
    for (const [i, row] of weights.entries()) {
      const found = Array.from((await trainable.get(`w${i}`)?.data()) ?? []);
      expect(found).toEqual(row.map((weight) => expect.closeTo(weight, 5) as number));
    }
    disposeAdamw(state);
  });
});
