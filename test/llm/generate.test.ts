import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, type GenerateOptions } from '../../src/llm/generate.js';
import type { LanguageModel } from '../../src/llm/model/language-model.js';
import { loadModel } from '../../src/llm/model/load.js';
import { gpt2Config } from '../../src/llm/model/architecture/gpt2.js';
import { llamaConfig } from '../../src/llm/model/architecture/llama.js';
import { mistralConfig } from '../../src/llm/model/architecture/mistral.js';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../src/llm/model/random.js';
import type { Tokenizer } from '../../src/llm/tokenizer/tokenizer.js';
import { temporaryFolder } from '../temporary-folder.js';
import { openedBackend } from '../engine/opened.js';

const folder = temporaryFolder();
openedBackend('wasm');

/** The logits of the last of some tokens, all of them run at once. */
async function lastLogits(model: LanguageModel, ids: readonly number[]): Promise<Float32Array> {
  const logits = tf.tidy(() => {
    const hidden = model.hidden(tf.tensor2d([...ids], [1, ids.length], 'int32'));
    return model.project(tf.slice(tf.reshape(hidden, [ids.length, -1]), [ids.length - 1, 0], [1, -1]));
  });
  const values = await logits.data<'float32'>();
  logits.dispose();
  return values;
}

it.each([gpt2Config({ contextLength: 80 }), mistralConfig({ contextLength: 80, slidingWindow: 9 })])(
  '$architecture takes the likeliest token of the whole text so far, whatever the cache holds',
  async (config) => {
    const path = join(folder, `greedy ${config.architecture}`);
    await writeRandomModel(path, config, { seed: 4, deviation: 0.3 });
    const { model, tokenizer } = await loadModel({ model: path });
    const options = { prompt: 'Ab c', maxTokens: 70, temperature: 0, topP: 1, seed: 3 };
    const { promptIds, ids } = await generate(model, { ...tokenizer, eosId: undefined }, options);
    expect(ids.length).toBe(70);
    for (let length = 0; length < ids.length; length += 3) {
      const logits = await lastLogits(model, [...promptIds, ...ids.slice(0, length)]);
      expect(ids[length]).toBe(logits.indexOf(Math.max(...logits)));
    }
    model.dispose();
  },
);

describe.each([neoxConfig({ contextLength: 80 }), llamaConfig({ contextLength: 80 })])('$architecture', (config) => {
  let model: LanguageModel;
  let tokenizer: Tokenizer;
  const options: GenerateOptions = { prompt: 'Ab c', maxTokens: 12, temperature: 1, topP: 1, seed: 3 };
  beforeAll(async () => {
    const path = join(folder, config.architecture);
    await writeRandomModel(path, config, { seed: 4, deviation: 0.3 });
    ({ model, tokenizer } = await loadModel({ model: path }));
  });
  afterAll(() => {
    model.dispose();
  });

  it('takes the likeliest token of the whole text so far at temperature 0', async () => {
    const before = tf.memory().numTensors;
    // More tokens than the cache first has room for.
    const longer = { ...options, temperature: 0, maxTokens: 70 };
    const { promptIds, ids } = await generate(model, { ...tokenizer, eosId: undefined, endIds: [] }, longer);
    expect(tf.memory().numTensors).toBe(before);
    expect([...promptIds]).toEqual(tokenizer.encode(options.prompt));
    expect(ids.length).toBe(70);
    for (let length = 0; length < ids.length; length++) {
      const logits = await lastLogits(model, [...promptIds, ...ids.slice(0, length)]);
      expect(ids[length]).toBe(logits.indexOf(Math.max(...logits)));
    }
  });

  it('samples the same text for the same seed, and others for others', async () => {
    const first = await generate(model, tokenizer, options);
    expect(await generate(model, tokenizer, options)).toEqual(first);
    expect((await generate(model, tokenizer, { ...options, seed: 4 })).ids).not.toEqual(first.ids);
  });

  it('samples in proportion to the softmax, cut to the likeliest tokens', async () => {
    const logits = await lastLogits(model, tokenizer.encode(options.prompt));
    const sharp = Array.from(logits, (x) => Math.exp((x - Math.max(...logits)) / 0.7));
    const total = sharp.reduce((sum, x) => sum + x, 0);
    const order = sharp.map((x, id) => ({ id, probability: x / total })).sort((a, b) => b.probability - a.probability);
    let mass = 0;
    const kept = order.filter(({ probability }) => (mass += probability) - probability < 0.6);
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.length).toBeLessThan(order.length / 2);
    const counts = new Map<number, number>();
    const draws = 400;
    for (let seed = 0; seed < draws; seed++) {
      const one = { ...options, maxTokens: 1, temperature: 0.7, topP: 0.6, seed };
      const [id = tokenizer.eosId ?? -1] = (await generate(model, tokenizer, one)).ids;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].every((id) => kept.some((one) => one.id === id))).toBe(true);
    // Pearson's statistic against its mean plus five standard deviations.
    const keptMass = kept.reduce((sum, { probability }) => sum + probability, 0);
    const statistic = kept.reduce((sum, { id, probability }) => {
      const expected = (draws * probability) / keptMass;
      return sum + ((counts.get(id) ?? 0) - expected) ** 2 / expected;
    }, 0);
    const freedom = kept.length - 1;
    expect(statistic).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
  });

  it('stops where the context ends, and refuses a prompt that fills it', async () => {
    const endless = await generate(
      model,
      { ...tokenizer, eosId: undefined, endIds: [] },
      { ...options, maxTokens: 100 },
    );
    expect({ stopped: endless.stopped, sampled: endless.ids.length }).toEqual({
      stopped: 'length',
      sampled: 80 - 4 + 1,
    });
    await expect(generate(model, tokenizer, { ...options, prompt: 'x'.repeat(80) })).rejects.toThrow(
      /prompt: got "80 tokens", expected fewer than the model's context of 80/,
    );
  });

  it('stops at the end-of-text token', async () => {
    const ended: Tokenizer = { ...tokenizer, endIds: (await generate(model, tokenizer, options)).ids.slice(2, 3) };
    const { ids, stopped } = await generate(model, ended, options);
    expect(stopped).toBe('end');
    expect(ids.length).toBeLessThanOrEqual(2);
  });
});
