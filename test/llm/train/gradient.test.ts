import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { chosenGradient } from '../../../src/llm/train/gradient.js';
import type { Gram } from '../../../src/schedule/schedule.js';

beforeAll(async () => {
  await openBackend('cpu');
});

it('weights that depend on the Gram matrix are asked once, with the inner products of both gradients', async () => {
  // f_DPO = x·(3, −1) + 2y has the gradient (3, −1; 2), f_SFT = x·(1, 4) the gradient (1, 4; 0): y is DPO's alone.
  const [x, y] = tf.tidy(() => [tf.variable(tf.tensor1d([0.5, 2])), tf.variable(tf.scalar(7))]);
  const trainable = new Map<string, tf.Variable>([
    ['x', x],
    ['y', y],
  ]);
  const dpo = (): tf.Scalar =>
    tf.tidy(() => tf.reshape<tf.Rank.R0>(tf.add(tf.dot(x, tf.tensor1d([3, -1])), tf.mul(y, 2)), []));
  const sft = (): tf.Scalar =>
    tf.tidy(() => tf.reshape<tf.Rank.R0>(tf.add(tf.dot(x, tf.tensor1d([1, 4])), tf.mul(y, 0)), []));
  const asked: Gram[] = [];
  const weigh = (gram: Gram) => {
    asked.push(gram);
    return { dpo: gram.inner, sft: gram.sft / gram.dpo };
  };
  const before = tf.memory().numTensors;
  const found = await chosenGradient(trainable, { weigh }, [
    { objective: 'dpo', loss: dpo },
    { objective: 'sft', loss: sft },
  ]);
  expect(asked).toEqual([{ dpo: 14, sft: 17, inner: -1 }]);
  expect(found.weights).toEqual({ dpo: -1, sft: 17 / 14 });
  expect(found.values.map((value) => value.dataSync()[0])).toEqual([0.5 * 3 - 2 + 14, 0.5 + 8]);
  // −1·(3, −1) + 17/14·(1, 4) and −1·2.
  const gradient = (name: string): number[] => Array.from(found.gradients.get(name)?.dataSync() ?? []);
  const expected = [-3 + 17 / 14, 1 + 68 / 14];
  gradient('x').forEach((entry, i) => {
    expect(entry).toBeCloseTo(expected[i], 5);
  });
  expect(gradient('y')).toEqual([-2]);
  tf.dispose([...found.values, ...found.gradients.values()]);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, y]);
});
