import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { writeAdapter } from '../../../src/llm/model/adapter.js';
import { writeModel } from '../../../src/llm/model/folder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { gpt2Config } from '../../../src/llm/model/architecture/gpt2.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { openSafetensors } from '../../../src/llm/weights/safetensors.js';
import { llm } from '../command.js';
import { dataFile } from '../forgetting-data.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { openedBackend } from '../../engine/opened.js';

const folder = temporaryFolder();
openedBackend('wasm');

const ids = [1, 5, 99, 3, 250, 7, 7, 30];
async function logits(model: LanguageModel, adapter = true): Promise<Float32Array> {
  const result = tf.tidy(() => {
    const hidden = model.hidden(tf.tensor2d(ids, [2, 4], 'int32'), { adapter });
    return model.project(tf.reshape(hidden, [8, -1]));
  });
  const values = await result.data<'float32'>();
  result.dispose();
  return values;
}

/** Sets every trained variable to random values: an adapter after training. */
function train(model: LanguageModel): void {
  for (const [name, variable] of model.trainable) {
    const random = stream(8, name);
    const values = Float32Array.from({ length: variable.size }, () => 0.2 * random.normal());
    tf.tidy(() => {
      variable.assign(tf.tensor(values, variable.shape));
    });
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i])), 0);
}

describe.each([
  {
    config: neoxConfig({ width: 16, heads: 2 }),
    targets: ['query_key_value', 'dense_4h_to_h'],
    example: { module: 'gpt_neox.layers.1.attention.query_key_value', outputs: 48 },
  },
  {
    config: llamaConfig({ width: 16, heads: 4 }),
    targets: ['q_proj', 'v_proj'],
    example: { module: 'model.layers.1.self_attn.v_proj', outputs: 8 },
  },
  {
    config: gpt2Config({ width: 16, heads: 4 }),
    targets: ['c_attn', 'c_fc'],
    example: { module: 'transformer.h.1.attn.c_attn', outputs: 48 },
  },
])('an adapter of $config.architecture', ({ config, targets, example: { module, outputs } }) => {
  const base = join(folder, config.architecture);
  const adapter = join(base, 'adapter');
  const lora = { rank: 4, alpha: 12, targets, seed: 2 };
  let trained: Float32Array;
  beforeAll(async () => {
    await writeRandomModel(base, config, { seed: 1, deviation: 0.2 });
  });

  it('changes nothing at first, begins with the same A for the same seed, and can be left out', async () => {
    const { model } = await loadModel({ model: base, lora });
    const again = await loadModel({ model: base, lora });
    const plain = await loadModel({ model: base });
    expect(plain.model.trainable.size).toBe(0);
    const expected = await logits(plain.model);
    expect(await logits(model)).toEqual(expected);
    for (const [name, variable] of model.trainable) {
      const start = await variable.data<'float32'>();
      expect(start).toEqual(await again.model.trainable.get(name)?.data());
      const bound = 1 / Math.sqrt(variable.shape[1] ?? 0);
      const largest = Math.max(...start.map(Math.abs));
      if (name.includes('lora_B')) expect(largest).toBe(0);
      else {
        expect(largest).toBeLessThan(bound);
        expect(largest).toBeGreaterThan(0.8 * bound);
      }
    }
    train(model);
    trained = await logits(model);
    expect(largestDifference(trained, expected)).toBeGreaterThan(0.1);
    expect(await logits(model, false)).toEqual(expected);
    await writeAdapter(adapter, model, base);
    for (const one of [model, again.model, plain.model]) one.dispose();
  });

  it('comes back from its PEFT folder', async () => {
    const { model } = await loadModel({ model: base, adapter });
    expect(model.lora).toEqual({ rank: 4, alpha: 12, targets });
    expect(await logits(model)).toEqual(trained);
    model.dispose();
    // What Python's peft looks for.
    const written = JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8')) as unknown;
    expect(written).toMatchObject({ peft_type: 'LORA', task_type: 'CAUSAL_LM', r: 4, lora_alpha: 12, lora_dropout: 0 });
    // What transformers calls Conv1D.
    expect(written).toMatchObject({ fan_in_fan_out: config.architecture === 'gpt2' });
    const weights = openSafetensors(join(adapter, 'adapter_model.safetensors'));
    expect(weights.shapes.get(`base_model.model.${module}.lora_A.weight`)).toEqual([4, 16]);
    expect(weights.shapes.get(`base_model.model.${module}.lora_B.weight`)).toEqual([outputs, 4]);
    expect(weights.shapes.size).toBe(2 * 2 * targets.length);
    weights.close();
  });

  it('merges into a model folder with the same logits', async () => {
    const out = join(base, 'merged');
    const { code, stdout } = await llm('merge', '--model', base, '--adapter', adapter, '--out', out, '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { modules: string[] }).modules).toHaveLength(2 * targets.length);
    const { model } = await loadModel({ model: out });
    expect(largestDifference(await logits(model), trained)).toBeLessThan(1e-4);
    model.dispose();
  });

  it.each([
    ['another rank', { r: 5 }, /lora_A\.weight: got "shape \[4,16\]", expected shape \[5,16\]/],
    ['targets the model lacks', { target_modules: ['other_map'] }, /got "other_map"/],
    [
      'fewer targets than factors',
      { target_modules: [targets[0]] },
      /adapter_model\.safetensors: base_model.*: got "a factor", expected only /,
    ],
    ['a start that changes the base', { init_lora_weights: 'pissa' }, /init_lora_weights: got "pissa"/],
    ['another kind', { peft_type: 'IA3' }, /adapter_config\.json: peft_type: got "IA3"/],
  ])('with %s is refused', async (_, change, message) => {
    const path = join(adapter, 'adapter_config.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(before) as object), ...change }));
    await expect(loadModel({ model: base, adapter })).rejects.toThrow(message);
    writeFileSync(path, before);
  });
});

it('a fully fine-tuned model is written as a folder with the same logits', async () => {
  const base = join(folder, 'neox');
  const { model } = await loadModel({ model: base, fullFineTuning: true });
  const random = stream(1, 'nudge');
  for (const variable of model.trainable.values()) {
    tf.tidy(() => {
      variable.assign(tf.add(variable, 0.1 * random.uniform()));
    });
  }
  await writeModel(join(folder, 'tuned'), model, { model: base });
  const again = await loadModel({ model: join(folder, 'tuned') });
  expect(await logits(again.model)).toEqual(await logits(model));
  expect(again.model.config).toEqual(model.config);
  model.dispose();
  again.model.dispose();
});

const stories = dataFile('models/stories260K/stories260K.bin');
it.skipIf(stories === undefined)('a llama2.c model becomes an HF folder with the same logits', async () => {
  const { model } = await loadModel({ model: stories ?? '' });
  const output = join(folder, 'stories');
  await writeModel(output, model, { model: stories ?? '' });
  const again = await loadModel({ model: output });
  expect(await logits(again.model)).toEqual(await logits(model));
  expect(again.tokenizer.encode('Once upon a time')).toEqual([403, 407, 261, 378]);
  model.dispose();
  again.model.dispose();
});
