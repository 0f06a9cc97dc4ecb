import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tensorBytes } from '../../../src/engine/tensor-bytes.js';
import { answer } from '../../../src/llm/multiple-choice/answer.js';
import { evaluate } from '../../../src/llm/evaluate.js';
import { generate } from '../../../src/llm/generate.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { mergeAdapter } from '../../../src/llm/model/merge.js';
import { writeAdapter } from '../../../src/llm/model/adapter.js';
import { llama } from '../../../src/llm/model/architecture/llama.js';
import { randomWeights, writeRandomModel } from '../../../src/llm/model/random.js';
import { writeSafetensors } from '../../../src/llm/weights/safetensors.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomSequences } from '../toy.js';
import { openedBackend } from '../../engine/opened.js';

const folder = temporaryFolder();
const base = join(folder, 'base');
const config = llama.example({ width: 16, heads: 4 });
openedBackend('cpu');
beforeAll(async () => {
  await writeRandomModel(base, config, { seed: 1, deviation: 0.2 });
});

/** A copy of the model with one weight changed. */
async function withWeight(name: string, tensor: string, value: number): Promise<string> {
  const path = join(folder, name);
  cpSync(base, path, { recursive: true });
  const shapes = weightShapes(config);
  const weights = randomWeights(config, 1, 0.2);
  weights.get(tensor)?.fill(value);
  const tensors = [...weights].map(([each, values]) => ({
    name: each,
    shape: shapes.get(each) ?? [],
    values: () => values,
  }));
  await writeSafetensors(join(path, 'model.safetensors'), tensors);
  return path;
}

describe('numbers that are not finite', () => {
  it.each([NaN, Infinity, -Infinity])('are refused as weights: %d', async (value) => {
    const model = await withWeight(`weight ${value}`, 'model.norm.weight', value);
    await expect(loadModel({ model })).rejects.toThrow(
      /model\.safetensors: model\.norm\.weight: got ".* at position 0"/,
    );
  });

  it('are refused as weights by merge, and as factors of an adapter', async () => {
    const { model } = await loadModel({ model: base, lora: { rank: 2, alpha: 2, targets: ['q_proj'], seed: 0 } });
    const adapter = join(folder, 'adapter');
    await writeAdapter(adapter, model);
    const bad = join(folder, 'weight NaN');
    await expect(mergeAdapter({ model: bad, adapter, out: join(folder, 'merged bad') })).rejects.toThrow(
      /finite weights/,
    );
    for (const variable of model.trainable.values()) variable.assign(tf.fill(variable.shape, Infinity));
    await writeAdapter(adapter, model);
    model.dispose();
    await expect(loadModel({ model: base, adapter })).rejects.toThrow(/lora_A\.weight: got "Infinity at position 0"/);
  });

  it('are refused as logits by every command', async () => {
    // Finite weights whose products are not.
    const path = await withWeight('overflow', 'lm_head.weight', 3e38);
    const { model, tokenizer } = await loadModel({ model: path });
    const options = { prompt: 'Hello', maxTokens: 2, temperature: 0, topP: 1, seed: 0 };
    await expect(generate(model, tokenizer, options)).rejects.toThrow(/logit: got (NaN|-?Infinity), expected a finite/);
    const question = { index: 0, question: 'What?', options: ['1', '2', '3', '4'], answer: 0 };
    await expect(answer({ model, tokenizer, questions: [question], examples: [], subject: '' })).rejects.toThrow(
      /log-probability: got (NaN|-?Infinity)/,
    );
    const sft = randomSequences([[2, 6]], 256, 1).map((sequence, index) => ({ index, sequence }));
    const settings = { beta: 0.1 };
    await expect(evaluate({ model, sft, preferences: [], settings })).rejects.toThrow(/log-probability: got/);
    model.dispose();
  });
});

const makeFolder = (path: string): void => {
  mkdirSync(path);
};
const makeCircle = (path: string): void => {
  symlinkSync(path, path);
};

describe('a folder that promises too much or is none', () => {
  it.each([1e9, 2 ** 31, 100])('with %d layers is refused before they are listed', async (layers) => {
    const path = join(folder, `layers ${layers}`);
    cpSync(base, path, { recursive: true });
    const json = JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')) as object;
    writeFileSync(join(path, 'config.json'), JSON.stringify({ ...json, num_hidden_layers: layers }));
    // Listing as many would outlast the test.
    await expect(loadModel({ model: path })).rejects.toThrow(
      new RegExp(`config\\.json: layers: got ${layers}, expected at most 21, the tensors of`),
    );
  });

  it('as a llama2.c checkpoint of 16 million layers is refused at once', async () => {
    const path = join(folder, 'deep.bin');
    const header = Int32Array.of(8, 16, 2 ** 24 - 1, 2, 2, 32, 64);
    writeFileSync(path, Buffer.concat([Buffer.from(header.buffer), Buffer.alloc(4000)]));
    await expect(loadModel({ model: path })).rejects.toThrow(
      /deep\.bin: got "16777215 layers", expected at most 125 in a file of 4028 bytes/,
    );
  });

  it('with its weights as a pickle says what makes others of them', async () => {
    const path = join(folder, 'pickled');
    mkdirSync(path);
    cpSync(join(base, 'config.json'), join(path, 'config.json'));
    writeFileSync(join(path, 'pytorch_model.bin'), 'PK');
    await expect(loadModel({ model: path })).rejects.toThrow(/pytorch_model\.bin: got .*save_pretrained/);
  });

  it.each([
    ['config.json', makeFolder, /config\.json: got "a folder"/],
    ['config.json', makeCircle, /config\.json: got "links that lead in a circle"/],
    ['tokenizer.json', makeFolder, /tokenizer\.json: got "a folder"/],
    ['model.safetensors', makeFolder, /model\.safetensors: got "a folder"/],
  ])('where %s is something else is refused', async (name, make, message) => {
    const path = join(folder, `odd ${Math.random()}`);
    mkdirSync(path);
    for (const file of ['config.json', 'tokenizer.json', 'model.safetensors']) {
      if (file === name) make(join(path, file));
      else cpSync(join(base, file), join(path, file));
    }
    await expect(loadModel({ model: path })).rejects.toThrow(message);
  });

  it('in links that lead in a circle, or under a name that is too long, is refused', async () => {
    const circle = join(folder, 'circle');
    symlinkSync(circle, circle);
    for (const model of [circle, join(folder, 'x'.repeat(300))]) {
      await expect(loadModel({ model })).rejects.toThrow(/^model: got .*, expected a model folder/);
    }
  });
});

it('merge keeps every file of the folder but weights and what it writes', async () => {
  const origin = join(folder, 'with files');
  cpSync(base, origin, { recursive: true });
  const files = {
    'chat_template.jinja': '{{ messages }}',
    'generation_config.json': '{"eos_token_id": [256, 7]}',
    'tokenizer_config.json': '{"eos_token": "<|endoftext|>"}',
    LICENSE: 'free',
    'extra/notes.txt': 'notes',
  };
  mkdirSync(join(origin, 'extra'));
  mkdirSync(join(origin, '.cache'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(origin, name), content);
  for (const name of ['pytorch_model.bin', 'extra/more.gguf', '.cache/x']) writeFileSync(join(origin, name), 'heavy');
  const { model } = await loadModel({ model: base, lora: { rank: 2, alpha: 2, targets: ['q_proj'], seed: 0 } });
  const adapter = join(folder, 'kept adapter');
  await writeAdapter(adapter, model);
  model.dispose();
  const out = join(origin, 'merged');
  await mergeAdapter({ model: origin, adapter, out });
  for (const [name, content] of Object.entries(files)) expect(readFileSync(join(out, name), 'utf8')).toBe(content);
  for (const name of ['pytorch_model.bin', 'extra/more.gguf', '.cache', 'merged'])
    expect(existsSync(join(out, name))).toBe(false);
  expect((await loadModel({ model: out })).tokenizer.endIds).toEqual([256, 7]);
});

it('memory is counted by buffers: a reshape, which moves nothing, adds none', () => {
  const before = tensorBytes();
  const tensor = tf.zeros([1000]);
  const views = [tf.reshape(tensor, [10, 100]), tf.reshape(tensor, [100, 10])];
  expect(tensorBytes() - before).toBe(4000);
  tensor.dispose();
  expect(tensorBytes() - before).toBe(4000);
  tf.dispose(views);
  expect(tensorBytes()).toBe(before);
});
