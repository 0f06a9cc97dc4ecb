import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { roundedSize, tokenBatch, type TokenBatch } from '../../../src/llm/data/batch.js';
import { sequenceLogProbabilities } from '../../../src/llm/loss/log-probability.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomSequences, toyConfig, writeToyFiles } from '../toy.js';

const folder = temporaryFolder();
const models = new Map<string, LanguageModel>();
// A prompt of 0 tokens, a response of none, one token, and ordinary ones.
const sequences = randomSequences(
  [
    [3, 9],
    [0, 5],
    [6, 6],
    [4, 5],
    [2, 17],
  ],
  toyConfig.vocabularySize,
  1,
);

beforeAll(async () => {
  await openBackend('wasm');
  const { model } = await writeToyFiles(folder);
  const lora = { rank: 2, alpha: 4, targets: ['query_key_value'], seed: 0 };
  models.set('LoRA', (await loadModel({ model, lora })).model);
  models.set('full', (await loadModel({ model, fullFineTuning: true })).model);
});

function modelOf(kind: string): LanguageModel {
  const model = models.get(kind);
  if (model === undefined) throw new Error(kind);
  return model;
}

async function values(model: LanguageModel, batch: TokenBatch, logitBudget?: number): Promise<number[]> {
  const tensor = sequenceLogProbabilities(model, batch, logitBudget === undefined ? {} : { logitBudget });
  const read = Array.from(await tensor.data());
  tensor.dispose();
  return read;
}

/** Every log-probability from the model's own logits at all positions, in double precision. */
async function expected(model: LanguageModel, batch: TokenBatch): Promise<number[]> {
  const { rows, length, ids } = batch;
  const hidden = model.hidden(tf.tensor2d(ids, [rows, length], 'int32'));
  const logits = (await model.project(tf.reshape(hidden, [rows * length, -1])).data()) as Float32Array;
  const vocabulary = model.vocabularySize;
  return sequences.map(({ promptLength, ids: own }, row) => {
    let sum = 0;
    for (let column = Math.max(1, promptLength); column < own.length; column++) {
      const at = (row * length + column - 1) * vocabulary;
      const scores = logits.slice(at, at + vocabulary);
      sum += scores[own[column]] - Math.log(scores.reduce((total, score) => total + Math.exp(score), 0));
    }
    return sum;
  });
}

it('sizes are rounded to eight an octave, lengths never beyond the context', () => {
  expect([1, 8, 9, 100, 128, 130, 257, 2048].map(roundedSize)).toEqual([8, 8, 16, 104, 128, 144, 288, 2048]);
  const [sequence] = randomSequences([[3, 20]], toyConfig.vocabularySize, 2);
  expect(tokenBatch([sequence])).toMatchObject({ length: 24, tokens: 17, targets: { length: 24 } });
  expect(tokenBatch([sequence], { contextLength: 21 }).length).toBe(21);
});

describe.each(['LoRA', 'full'])('log-probabilities of a model trained by %s', (kind) => {
  it('are sums over response tokens, each predicted from the position before', async () => {
    const batch = tokenBatch(sequences);
    const computed = await values(modelOf(kind), batch);
    const reference = await expected(modelOf(kind), batch);
    expect(computed[2]).toBe(0);
    computed.forEach((value, row) => {
      expect(Math.abs(value - reference[row])).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(reference[row])));
    });
  });

  it('are the same to the bit whatever the padding and the company', async () => {
    const together = await values(modelOf(kind), tokenBatch(sequences));
    expect(await values(modelOf(kind), tokenBatch(sequences, { length: 61 }))).toEqual(together);
    for (const [row, sequence] of sequences.entries()) {
      expect(await values(modelOf(kind), tokenBatch([sequence]))).toEqual([together[row]]);
    }
  });

  it('do not depend on the chunks that logits are computed in, nor do their gradients', async () => {
    const model = modelOf(kind);
    const batch = tokenBatch(sequences);
    const weights = tf.tensor1d([0.3, -1, 2, 1, -0.7]);
    const before = tf.memory().numTensors;
    const gradientsWith = async (logitBudget: number): Promise<Map<string, Float32Array>> => {
      const { grads, value } = tf.variableGrads(
        () => tf.sum(tf.mul(sequenceLogProbabilities(model, batch, { logitBudget }), weights)),
        [...model.trainable.values()],
      );
      const read = new Map<string, Float32Array>();
      for (const [name, gradient] of Object.entries(grads)) read.set(name, (await gradient.data()) as Float32Array);
      tf.dispose([value, grads]);
      return read;
    };
    const whole = await gradientsWith(2 ** 24);
    const chunked = await gradientsWith(4 * toyConfig.vocabularySize);
    expect(tf.memory().numTensors).toBe(before);
    expect(await values(model, batch, 4 * toyConfig.vocabularySize)).toEqual(await values(model, batch));
    expect(whole.size).toBe(model.trainable.size);
    for (const [name, gradient] of whole) {
      const scale = Math.hypot(...gradient);
      const difference = Math.hypot(...gradient.map((g, i) => g - (chunked.get(name)?.[i] ?? NaN)));
      expect(difference).toBeLessThanOrEqual(1e-5 * scale);
    }
  });
});
