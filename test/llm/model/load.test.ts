import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel, type LoadOptions } from '../../../src/llm/model/load.js';
import { gpt2Config } from '../../../src/llm/model/architecture/gpt2.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { qwen2Config } from '../../../src/llm/model/architecture/qwen2.js';
import { randomWeights, writeRandomModel } from '../../../src/llm/model/random.js';
import { fromBfloat16, fromFloat16 } from '../../../src/llm/weights/half-precision.js';
import { openLlama2c } from '../../../src/llm/weights/llama2c.js';
import { llm } from '../command.js';
import { dataFile } from '../forgetting-data.js';
import { safetensorsBytes, toBfloat16, toFloat16 } from '../half-precision.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { openedBackend } from '../../engine/opened.js';

const folder = temporaryFolder();
const config = neoxConfig({ width: 16, heads: 2, layers: 2 });
const shapes = weightShapes(config);
const values = randomWeights(config, 3, 0.2);
const single = join(folder, 'single');
openedBackend('wasm');
beforeAll(async () => {
  await writeRandomModel(single, config, { seed: 3, deviation: 0.2 });
});

/** The logits of a few tokens. */
async function logits(options: LoadOptions): Promise<Float32Array> {
  const { model } = await loadModel(options);
  const result = logitsOf(model);
  const numbers = await result.data<'float32'>();
  result.dispose();
  model.dispose();
  return numbers;
}

function logitsOf(model: LanguageModel): tf.Tensor {
  return tf.tidy(() => {
    const hidden = model.hidden(tf.tensor2d([5, 99, 3, 250, 7, 7], [2, 3], 'int32'));
    return model.project(tf.reshape(hidden, [6, -1]));
  });
}

/** A copy of the model folder whose weights are in the given files. */
function variant(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(folder, name);
  cpSync(single, path, { recursive: true });
  rmSync(join(path, 'model.safetensors'));
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

type Stored = Parameters<typeof safetensorsBytes>[0];
const stored = (dtype: string, encode: (values: Float32Array) => Uint8Array): Stored =>
  Object.fromEntries(
    [...values].map(([name, v]) => [name, { dtype, shape: shapes.get(name) ?? [], bytes: encode(v) }]),
  );
const float32 = (v: Float32Array): Uint8Array => new Uint8Array(Float32Array.from(v).buffer);
const halves = (encode: (value: number) => number) => (v: Float32Array) =>
  new Uint8Array(Uint16Array.from(v, encode).buffer);

describe('a model folder', () => {
  it.each([
    ['F16', toFloat16, fromFloat16],
    ['BF16', toBfloat16, fromBfloat16],
  ] as const)('in %s equals its float32 rounding', async (dtype, encode, decode) => {
    const half = variant(dtype, { 'model.safetensors': safetensorsBytes(stored(dtype, halves(encode))) });
    const rounded = variant(`${dtype} rounded`, {
      'model.safetensors': safetensorsBytes(stored('F32', (v) => float32(decode(Uint16Array.from(v, encode))))),
    });
    const found = await logits({ model: half });
    expect(found).toEqual(await logits({ model: rounded }));
    expect(found).not.toEqual(await logits({ model: single }));
  });

  it('in shards, or with buffers that are no weights, is the same model', async () => {
    const all = Object.entries(stored('F32', float32));
    const shards = { 'a.safetensors': all.slice(0, 9), 'b.safetensors': all.slice(9) };
    const map = Object.entries(shards).flatMap(([file, part]) => part.map(([name]) => [name, file]));
    const sharded = variant('sharded', {
      'model.safetensors.index.json': JSON.stringify({ weight_map: Object.fromEntries(map) as unknown }),
      ...Object.fromEntries(Object.entries(shards).map(([f, part]) => [f, safetensorsBytes(Object.fromEntries(part))])),
    });
    const expected = await logits({ model: single });
    expect(await logits({ model: sharded })).toEqual(expected);

    const at = 'gpt_neox.layers.0.attention';
    const buffers = variant('buffers', {
      'model.safetensors': safetensorsBytes({
        ...stored('F32', float32),
        [`${at}.masked_bias`]: { dtype: 'F32', shape: [], bytes: float32(Float32Array.of(-1e9)) },
        [`${at}.bias`]: { dtype: 'U8', shape: [1, 1, 2, 2], bytes: Uint8Array.of(1, 0, 1, 1) },
        [`${at}.rotary_emb.inv_freq`]: { dtype: 'F32', shape: [1], bytes: float32(Float32Array.of(1)) },
      }),
    });
    expect(await logits({ model: buffers })).toEqual(expected);

    const others = [
      'gpt_neox.layers.0.attention.q_norm.weight',
      'gpt_neox.layers.7.mlp.dense_h_to_4h.bias',
      'gpt_neox.x',
    ];
    for (const other of others) {
      const more = {
        ...stored('F32', float32),
        [other]: { dtype: 'F32', shape: [1], bytes: float32(Float32Array.of(1)) },
      };
      const path = variant('more', { 'model.safetensors': safetensorsBytes(more) });
      await expect(loadModel({ model: path })).rejects.toThrow(
        `${other}: got [1], expected only tensors that config.json`,
      );
    }

    rmSync(join(sharded, 'b.safetensors'));
    await expect(loadModel({ model: sharded })).rejects.toThrow(/index\.json: got "no file b\.safetensors"/);
  });

  it.each([gpt2Config({ width: 16, heads: 2 }), qwen2Config({ width: 16, heads: 2 })])(
    'of $architecture saved without its head names its tensors without the first part',
    async (one) => {
      const whole = join(folder, `${one.architecture} whole`);
      const base = join(folder, `${one.architecture} base`);
      await writeRandomModel(whole, one, { seed: 8, deviation: 0.2 });
      cpSync(whole, base, { recursive: true });
      const tensors = [...randomWeights(one, 8, 0.2)].map(
        ([name, v]) =>
          [
            name.replace(/^(transformer|model)\./, ''),
            { dtype: 'F32', shape: weightShapes(one).get(name) ?? [], bytes: float32(v) },
          ] as const,
      );
      writeFileSync(join(base, 'model.safetensors'), safetensorsBytes(Object.fromEntries(tensors)));
      expect(await logits({ model: base })).toEqual(await logits({ model: whole }));
    },
  );

  it.each([
    [
      'an unknown architecture',
      { model_type: 'bert' },
      /config\.json: model_type: got "bert", expected one of gpt_neox, llama, gpt2, mistral, qwen2/,
    ],
    ['another activation', { hidden_act: 'gelu_new' }, /hidden_act: got "gelu_new", expected gelu/],
    ['a missing size', { hidden_size: undefined }, /config\.json: hidden_size: got nothing/],
    ['heads that do not divide the width', { num_attention_heads: 3 }, /num_attention_heads: got 3/],
    [
      'other sizes than its weights',
      { intermediate_size: 17 },
      /layers\.0\.mlp\.dense_h_to_4h\.weight: got "shape \[64,16\]", expected shape \[17,16\]/,
    ],
    [
      'more layers than its weights',
      { num_hidden_layers: 3 },
      /layers\.2\.input_layernorm\.weight: got "no such tensor"/,
    ],
    ['a vocabulary smaller than its weights', { vocab_size: 256 }, /embed_in\.weight: got "shape \[257,16\]"/],
  ])('with %s is refused', async (name, change, message) => {
    const path = join(folder, name);
    cpSync(single, path, { recursive: true });
    const before = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as object;
    writeFileSync(join(path, 'config.json'), JSON.stringify({ ...before, ...change }));
    await expect(loadModel({ model: path })).rejects.toThrow(message);
  });

  it('that is cut off makes the command line say so in one line and exit with 2', async () => {
    const path = join(folder, 'cut');
    cpSync(single, path, { recursive: true });
    truncateSync(join(path, 'model.safetensors'), 5000);
    const { code, stderr, stdout } = await llm('generate', '--model', path, '--backend', 'cpu');
    expect(stderr.trim().split('\n').slice(1)).toEqual([
      expect.stringMatching(/^forgetting: .*cut\/model\.safetensors: /),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('cannot be trained whole and by an adapter at once', async () => {
    const lora = { rank: 1, alpha: 1, targets: ['dense'], seed: 0 };
    await expect(loadModel({ model: single, lora, fullFineTuning: true })).rejects.toThrow(/one of/);
    await expect(loadModel({ model: single, lora: { ...lora, targets: ['q_proj'] } })).rejects.toThrow(
      /got "q_proj", expected some of query_key_value, dense, dense_h_to_4h, dense_4h_to_h/,
    );
  });
});

/** A llama2.c checkpoint of a random Llama: rows of queries and keys as neighbours, which is how llama2.c rotates. */
function llama2cBytes(tied: boolean): { bytes: Uint8Array; hf: ReadonlyMap<string, Float32Array> } {
  const hf = randomWeights(small(tied), 9, 0.2);
  const { width, intermediateWidth, layers, heads, keyValueHeads, headWidth, vocabularySize, contextLength } =
    small(tied);
  const get = (name: string): Float32Array => hf.get(name) ?? new Float32Array();
  const neighbours = (w: Float32Array): Float32Array => {
    const rows = Array.from({ length: w.length / width }, (_, row) => w.subarray(row * width, (row + 1) * width));
    const half = headWidth / 2;
    const order = rows.map((_, row) => {
      const [head, within] = [Math.floor(row / headWidth), row % headWidth];
      return head * headWidth + (within % 2 === 0 ? within / 2 : half + (within - 1) / 2);
    });
    return Float32Array.from(order.flatMap((row) => [...rows[row]]));
  };
  const stack = (name: string, change = (w: Float32Array) => w): Float32Array[] =>
    Array.from({ length: layers }, (_, layer) => change(get(`model.layers.${layer}.${name}.weight`)));
  const header = [
    width,
    intermediateWidth,
    layers,
    heads,
    keyValueHeads,
    tied ? vocabularySize : -vocabularySize,
    contextLength,
  ];
  const tensors = [
    get('model.embed_tokens.weight'),
    ...stack('input_layernorm'),
    ...stack('self_attn.q_proj', neighbours),
    ...stack('self_attn.k_proj', neighbours),
    ...stack('self_attn.v_proj'),
    ...stack('self_attn.o_proj'),
    ...stack('post_attention_layernorm'),
    ...stack('mlp.gate_proj'),
    ...stack('mlp.down_proj'),
    ...stack('mlp.up_proj'),
    get('model.norm.weight'),
    new Float32Array(contextLength * headWidth).fill(NaN),
    ...(tied ? [] : [get('lm_head.weight')]),
  ];
  return { bytes: Buffer.concat([new Uint8Array(Int32Array.from(header).buffer), ...tensors.map(float32)]), hf };
}
const small = (tiedHead: boolean) => llamaConfig({ width: 12, heads: 2, keyValueHeads: 1, layers: 2, tiedHead });

describe('a llama2.c checkpoint', () => {
  it.each([true, false])('holds the weights of an HF Llama, tied head %s', (tied) => {
    const path = join(folder, 'random.bin');
    const { bytes, hf } = llama2cBytes(tied);
    writeFileSync(path, bytes);
    const { weights, header } = openLlama2c(path);
    expect(header).toMatchObject({ width: 12, keyValueHeads: 1, vocabularySize: 257, tiedHead: tied });
    expect([...weights.shapes.keys()].sort()).toEqual([...weightShapes(small(tied)).keys()].sort());
    for (const name of weights.shapes.keys()) expect(weights.read(name), name).toEqual(hf.get(name));
    weights.close();
  });

  it('that is cut off or none is refused', () => {
    const path = join(folder, 'bad.bin');
    const { bytes } = llama2cBytes(true);
    writeFileSync(path, bytes.subarray(0, -4));
    expect(() => openLlama2c(path)).toThrow(/bad\.bin: got "a file of \d+ bytes", expected \d+, as its header implies/);
    writeFileSync(path, 'This is text, not a model.');
    expect(() => openLlama2c(path)).toThrow(/bad\.bin/);
    writeFileSync(path, 'This is a longer text, and still not a model of any kind.');
    expect(() => openLlama2c(path)).toThrow(/a header of/);
  });

  const stories = dataFile('models/stories260K/stories260K.bin');
  it.skipIf(stories === undefined)('is known by its greedy text', async () => {
    const { code, stdout, stderr } = await llm(
      'generate',
      '--model',
      stories ?? '',
      '--temperature',
      '0',
      '--backend',
      'wasm',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^wasm: /) as string });
    const described = readFileSync(dataFile('models/stories260K/stories260K.md') ?? '', 'utf8');
    expect(described).toContain(`-t 0.0\n${stdout}\`\`\``);
  });
});
