import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { targetLogProbability } from '../../src/engine/target-log-probability.js';
import { stream } from '../../src/base/random-stream.js';
import { describeOnBackends } from './on-backends.js';

interface Rows {
  readonly logits: Float32Array;
  readonly columns: number;
  readonly targets: Int32Array;
  readonly weights: Float32Array;
}

function randomRows(rows: number, columns: number, scale: number): Rows {
  const random = stream(rows, `logits ${columns}`);
  return {
    logits: Float32Array.from({ length: rows * columns }, () => scale * random.normal()),
    columns,
    targets: Int32Array.from({ length: rows }, () => random.integer(columns)),
    weights: Float32Array.from({ length: rows }, () => random.normal()),
  };
}

/** Values and gradients in double precision, straight from the definition. */
function expected({ logits, columns, targets, weights }: Rows): { values: Float64Array; gradient: Float64Array } {
  const values = new Float64Array(targets.length);
  const gradient = new Float64Array(logits.length);
  targets.forEach((target, row) => {
    const scores = Array.from(logits.subarray(row * columns, (row + 1) * columns));
    const largest = scores.reduce((a, b) => Math.max(a, b));
    const logSumExp = largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
    values[row] = scores[target] - logSumExp;
    scores.forEach((score, i) => {
      gradient[row * columns + i] = weights[row] * (Number(i === target) - Math.exp(score - logSumExp));
    });
  });
  return { values, gradient };
}

function ours(logits: tf.Tensor2D, targets: Int32Array): tf.Tensor1D {
  return targetLogProbability(logits, tf.tensor1d(targets, 'int32')) as tf.Tensor1D;
}

/** Values and gradients of f on the current backend. */
async function found(
  { logits, columns, targets, weights }: Rows,
  f: (logits: tf.Tensor2D) => tf.Tensor1D,
): Promise<{ values: Float32Array; gradient: Float32Array }> {
  const x = tf.tensor2d(logits, [targets.length, columns]);
  const value = tf.tidy(() => f(x));
  // A copy, because the gradient takes the memory of the logits.
  const gradientOf = tf.grad((input) => tf.sum(tf.mul(f(tf.mul(input, 1)), tf.tensor1d(weights))));
  const gradient = gradientOf(x);
  const read = {
    values: (await value.data()) as Float32Array,
    gradient: (await gradient.data()) as Float32Array,
  };
  tf.dispose([x, value, gradient]);
  return read;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from({ length: a.length }, (_, i) => Math.abs(a[i] - b[i])));
}

describeOnBackends(['cpu', 'wasm', 'webgpu'], 'the log-probability of a target in each row', (name) => {
  it.each([
    [1, 2, 1],
    [3, 7, 1],
    [5, 260, 10],
    [2, 1031, 40],
  ])('is that of the definition and of stock kernels, %i rows of %i, of scale %i', async (rows, columns, scale) => {
    const before = tf.memory().numTensors;
    const given = randomRows(rows, columns, scale);
    const definition = expected(given);
    const computed = await found(given, (logits) => ours(logits, given.targets));
    const stock = await found(given, (logits) => {
      const onehot = tf.cast(tf.oneHot(tf.tensor1d(given.targets, 'int32'), columns), 'float32');
      return tf.sum(tf.mul(tf.logSoftmax(logits), onehot), 1);
    });
    // What float32 keeps of differences between logits, and so of softmax relative to itself.
    const rounding = 2 ** -23 * Math.max(1, ...given.logits.map(Math.abs), ...definition.values.map(Math.abs));
    for (const { values, gradient } of [computed, stock]) {
      expect(largestDifference(values, definition.values)).toBeLessThan(2 * rounding);
      expect(largestDifference(gradient, definition.gradient)).toBeLessThan(
        2 * rounding * Math.max(1, ...given.weights.map(Math.abs)),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stays exact over a vocabulary of 50,304', async () => {
    const given = randomRows(2, 50304, 1);
    const definition = expected(given);
    const { values, gradient } = await found(given, (logits) => ours(logits, given.targets));
    expect(largestDifference(values, definition.values)).toBeLessThan(3e-6);
    expect(largestDifference(gradient.subarray(0, 1000), definition.gradient.subarray(0, 1000))).toBeLessThan(1e-8);
  });

  it('is not a number where a logit is none', async () => {
    const logits = tf.tensor2d([1, NaN, 0, 1, 2, 3], [2, 3]);
    const values = tf.tidy(() => ours(logits, Int32Array.of(0, 0)));
    const read = await values.data();
    if (name !== 'webgpu') expect(read[0]).toBeNaN();
    expect(read[1]).toBeCloseTo(1 - Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)), 6);
    tf.dispose([logits, values]);
  });
});
