import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestTensor } from '../../../src/llm/weights/device-memory.js';
import { openWebGpu, requestAdapter } from '../../../src/engine/webgpu.js';
import type { ModelConfig } from '../../../src/llm/model/architecture/index.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { writeModel } from '../../../src/llm/model/folder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { assembleModel } from '../../../src/llm/model/assemble.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { partName, rowParts } from '../../../src/llm/model/parts.js';
import { embed } from '../../../src/llm/model/network.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import { initialAdamw } from '../../../src/llm/train/adamw.js';
import { restoreTensors, writeCheckpoint } from '../../../src/llm/train/checkpoint.js';
import { weightedGradient } from '../../../src/llm/train/gradient.js';
import { sizeOf, type RowRange } from '../../../src/llm/weights/weights.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomSequences } from '../toy.js';
import { describeOnBackends, webGpu } from '../../engine/on-backends.js';

const folder = temporaryFolder();
const mebibyte = 2 ** 20;

describe('the runs of rows of a tensor', () => {
  it('cover it in order, each within the largest buffer, in as few as that takes but for rounding', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 3000 }),
      columns: fc.integer({ min: 1, max: 20_000 }),
      largest: fc.integer({ min: 80_000, max: 2 ** 31 }),
    });
    fc.assert(
      fc.property(sizes, ({ rows, columns, largest }) => {
        const parts = rowParts('w', [rows, columns], largest);
        expect(parts[0].first).toBe(0);
        expect(parts[parts.length - 1].end).toBe(rows);
        expect(parts.slice(1).map(({ first }) => first)).toEqual(parts.slice(0, -1).map(({ end }) => end));
        expect(4 * columns * Math.max(...parts.map(({ first, end }) => end - first))).toBeLessThanOrEqual(largest);
        expect(parts.length).toBeLessThanOrEqual(Math.ceil(rows / Math.floor(largest / (4 * columns))));
      }),
    );
  });

  it('refuses a row that no buffer holds', () => {
    expect(() => rowParts('w', [2, 100], 399)).toThrow('w: got "rows of 400 bytes", expected at most 399');
  });
});

describe('the shape of Llama-3-8B', () => {
  const llama3 = llamaConfig({
    vocabularySize: 128_256,
    width: 4096,
    intermediateWidth: 14_336,
    layers: 32,
    heads: 32,
    keyValueHeads: 8,
  });

  /** Every buffer of the weights: the same again hold a gradient, two moments and what an update makes on its way. */
  const plan = (largest: number): { name: string; bytes: number }[] =>
    [...weightShapes(llama3)].flatMap(([name, shape]) =>
      rowParts(name, shape, largest).map((rows) => ({
        name: partName(name, rows, shape),
        bytes: (4 * sizeOf(shape) * (rows.end - rows.first)) / shape[0],
      })),
    );

  it('has 8.03 billion parameters, and a table too large for the buffers of any adapter', () => {
    const bytes = plan(Infinity).reduce((sum, buffer) => sum + buffer.bytes, 0);
    expect(bytes / 4).toBe(8_030_261_248);
    expect(Math.max(...plan(Infinity).map((buffer) => buffer.bytes))).toBe(128_256 * 4096 * 4);
  });

  // What WebGPU promises at least, and the largest that Dawn gives: 2 GiB less one word.
  it.each([128 * mebibyte, 256 * mebibyte, 1024 * mebibyte, 2 ** 31 - 4])('fits buffers of %i bytes', (largest) => {
    const buffers = plan(largest);
    for (const { name, bytes } of buffers) expect(bytes, name).toBeLessThanOrEqual(largest);
    expect(buffers.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(4 * 8_030_261_248);
    expect(buffers.filter(({ name }) => name.startsWith('lm_head')).length).toBe(
      Math.ceil((128_256 * 4096 * 4) / largest),
    );
  });
});

const models: Record<string, ModelConfig> = {
  'a NeoX model with a head of its own': neoxConfig({ vocabularySize: 257, width: 16, heads: 2, layers: 1 }),
  'a Llama model whose head is its embedding': llamaConfig({
    vocabularySize: 257,
    width: 16,
    heads: 2,
    layers: 1,
    tiedHead: true,
  }),
};
const sequences = randomSequences(
  [
    [3, 9],
    [1, 14],
    [5, 8],
    [2, 11],
  ],
  257,
  4,
);
const losses = (model: LanguageModel) => [
  {
    weight: 1,
    loss: () =>
      sftLoss(
        model,
        sequences.map((sequence, index) => ({ index, sequence })),
      ),
  },
  {
    weight: 0.5,
    loss: () =>
      dpoLoss(
        model,
        [0, 1].map((index) => ({
          pair: { index, chosen: sequences[index], rejected: sequences[index + 2] },
          reference: { chosen: -20, rejected: -21 },
        })),
        { beta: 0.1 },
      ),
  },
];

/** Losses, and gradients by tensor name with those of parts joined. */
async function measured(model: LanguageModel): Promise<{ values: number[]; gradients: Map<string, number[]> }> {
  const { values, gradients } = weightedGradient(model.trainable, losses(model));
  const numbers = await Promise.all(values.map(async (value) => (await value.data())[0]));
  const joined = new Map<string, number[]>();
  for (const [part, gradient] of gradients) {
    const name = part.replace(/\[.*\]$/, '');
    joined.set(name, [...(joined.get(name) ?? []), ...(await gradient.data())]);
  }
  tf.dispose([...values, ...gradients.values()]);
  return { values: numbers, gradients: joined };
}

function relativeError(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  // A fresh adapter's B is zero, and so is the gradient of its A.
  return Math.hypot(...found.map((x, i) => x - expected[i])) / (Math.hypot(...expected) || 1);
}

describeOnBackends(['wasm', 'webgpu'], 'in parts of at most 3000 bytes, as on a device with small buffers', (name) => {
  // A software GPU compiles every shape for seconds: there only one model, and the training of the parts themselves.
  const checked = Object.entries(models).slice(0, name === 'webgpu' ? 1 : 2);
  it.each(checked)('%s has the losses and gradients of the whole one', async (title, config) => {
    const path = join(folder, `${name} ${title}`);
    await writeRandomModel(path, config, { deviation: 0.3 });
    const targets = [config.architecture === 'neox' ? 'query_key_value' : 'q_proj'];
    const adapted = { lora: { rank: 2, alpha: 4, targets, seed: 0 } };
    for (const trained of name === 'webgpu' ? [{ fullFineTuning: true }] : [{ fullFineTuning: true }, adapted]) {
      const { model: whole } = await loadModel({ model: path, ...trained });
      const { model: split } = await loadModel({ model: path, ...trained, largestTensor: 3000 });
      expect(whole.weights.size).toBe(weightShapes(config).size);
      expect(split.weights.size).toBeGreaterThan(whole.weights.size);
      for (const part of split.weights.values()) expect(4 * part.size).toBeLessThanOrEqual(3000);
      const [expected, found] = [await measured(whole), await measured(split)];
      found.values.forEach((value, i) => {
        expect(Math.abs(value - expected.values[i])).toBeLessThan(1e-6 * Math.abs(expected.values[i]));
      });
      expect([...found.gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort());
      for (const [tensor, gradient] of found.gradients) {
        expect(relativeError(gradient, expected.gradients.get(tensor) ?? []), tensor).toBeLessThan(1e-5);
      }
      whole.dispose();
      split.dispose();
    }
  });

  it('it is written as the whole one, and its checkpoint goes on in other parts', async () => {
    const path = join(folder, `${name} written`);
    await writeRandomModel(path, models['a NeoX model with a head of its own'], { deviation: 0.3 });
    const { model } = await loadModel({ model: path, fullFineTuning: true, largestTensor: 3000 });
    await writeModel(join(path, 'out'), model, { model: path });
    const weights = (at: string): Buffer => readFileSync(join(path, at, 'model.safetensors'));
    expect(weights('out').equals(weights('.'))).toBe(true);

    const checkpoint = join(path, 'checkpoint.safetensors');
    const state = {
      ...{ step: 1, schedule: {}, lastChoice: null, coin: [], updates: 1, stopped: null },
      cursors: { sft: { epoch: 0, position: 0 }, dpo: { epoch: 0, position: 0 } },
    };
    await writeCheckpoint(
      checkpoint,
      { state, files: {} },
      { parameter: model.trainable, ...initialAdamw(model.trainable) },
    );
    const { model: other } = await loadModel({ model: path, fullFineTuning: true, largestTensor: 2000 });
    const zeros = [...other.trainable.values()];
    for (const variable of zeros)
      tf.tidy(() => {
        variable.assign(tf.zeros(variable.shape));
      });
    await restoreTensors(checkpoint, { parameter: other.trainable, ...initialAdamw(other.trainable) });
    await writeModel(join(path, 'again'), other, { model: path });
    expect(weights('again').equals(weights('.'))).toBe(true);
  });
});

it.skipIf(!webGpu)('a device with the smallest buffers of WebGPU holds a table that is larger', async () => {
  const found = await requestAdapter();
  if (found === undefined) throw new Error('the adapter is gone');
  const backend = await openWebGpu(found, 128 * mebibyte);
  expect(largestTensor()).toBe(128 * mebibyte);
  const config = neoxConfig({ vocabularySize: 36_000, width: 1024, heads: 8, layers: 0, tiedHead: true });
  const valueAt = (place: number): number => (place % 65_521) / 65_536;
  const values = (name: string, { first, end }: RowRange): Float32Array => {
    const run = new Float32Array((end - first) * (name.includes('norm') ? 1 : 1024));
    for (let i = 0; i < run.length; i++) run[i] = valueAt(first * 1024 + i);
    return run;
  };
  const model = await assembleModel(config, values);
  const table = [...model.weights].filter(([name]) => name.startsWith('gpt_neox.embed_in'));
  expect(table.map(([, { shape }]) => shape)).toEqual([
    [18_000, 1024],
    [18_000, 1024],
  ]);
  const ids = [0, 17_999, 18_000, 35_999, 7];
  const rows = embed(
    table.map(([, part]) => part),
    tf.tensor2d(ids, [1, 5], 'int32'),
  );
  const expected = Float32Array.from({ length: 5 * 1024 }, (_, i) => valueAt(ids[i >> 10] * 1024 + (i % 1024)));
  expect(await rows.data()).toEqual(expected);
  model.dispose();
  backend.close();
});
