import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { tokenBatch } from '../../../src/llm/data/batch.js';
import { sequenceLogProbabilities } from '../../../src/llm/loss/log-probability.js';
import { adaptedModules } from '../../../src/llm/model/adapted-modules.js';
import { readAdapter, writeAdapter } from '../../../src/llm/model/adapter.js';
import { gpt2 } from '../../../src/llm/model/architecture/gpt2.js';
import { llama } from '../../../src/llm/model/architecture/llama.js';
import { neox } from '../../../src/llm/model/architecture/neox.js';
import type { ModelConfig } from '../../../src/llm/model/architecture/index.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel, openModel } from '../../../src/llm/model/load.js';
import { mergeAdapter } from '../../../src/llm/model/merge.js';
import { randomWeights, writeRandomModel } from '../../../src/llm/model/random.js';
import { weightedGradient } from '../../../src/llm/train/gradient.js';
import { openSafetensors, writeSafetensors } from '../../../src/llm/weights/safetensors.js';
import * as tf from '@tensorflow/tfjs-core';
import { prompts, referenceResult } from '../reference/cases.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { openedBackend } from '../../engine/opened.js';

const folder = temporaryFolder();
openedBackend('wasm');

const sizes = { width: 16, heads: 4, layers: 2, vocabularySize: 260, contextLength: 64 };
const configs = {
  llama: llama.example(sizes),
  tied: llama.example({ ...sizes, tiedHead: true }),
  neox: neox.example({ ...sizes, rotaryWidth: 2 }),
  gpt2: gpt2.example({ ...sizes, tiedHead: true }),
};
type Values = Map<string, { shape: readonly number[]; values: Float32Array }>;

/** What PEFT should make of a module: said by hand. */
interface Expected {
  readonly rank: number;
  readonly scale: number;
}

interface PeftCase {
  readonly name: string;
  readonly model: keyof typeof configs;
  readonly config: Readonly<Record<string, unknown>>;
  readonly modules: Readonly<Record<string, Expected>>;
  /** How tensors are named in the file. */
  readonly rename?: (name: string) => string;
  /** Tensors of the base that the file holds too. */
  readonly copies?: Readonly<Record<string, string>>;
}

const attention = (layer: number, name: string): string => `model.layers.${layer}.self_attn.${name}`;
const two = { rank: 2, scale: 2 };
const both = { [attention(0, 'q_proj')]: two, [attention(1, 'q_proj')]: two };
const linears = [0, 1].flatMap((layer) => [
  ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => attention(layer, name)),
  ...['gate_proj', 'up_proj', 'down_proj'].map((name) => `model.layers.${layer}.mlp.${name}`),
]);

const cases: readonly PeftCase[] = [
  { name: 'a plain list', model: 'llama', config: { target_modules: ['q_proj'] }, modules: both },
  {
    name: 'names without base_model.model.',
    model: 'llama',
    config: { target_modules: ['q_proj'] },
    modules: both,
    rename: (name) => name.replace('base_model.model.', ''),
  },
  {
    name: 'a regular expression of whole names',
    model: 'llama',
    config: { target_modules: '.*\\.1\\.(?:self_attn\\.v_proj|mlp\\.down_proj)' },
    modules: { [attention(1, 'v_proj')]: two, 'model.layers.1.mlp.down_proj': two },
  },
  {
    name: 'all-linear, which leaves the head out',
    model: 'llama',
    config: { target_modules: 'all-linear' },
    modules: Object.fromEntries(linears.map((module) => [module, two])),
  },
  {
    name: 'ranks and alphas by pattern, of which the first counts',
    model: 'llama',
    config: {
      target_modules: ['q_proj', 'v_proj'],
      rank_pattern: { 'layers.0.self_attn.q_proj': 3, q_proj: 5 },
      alpha_pattern: { '.*\\.1\\..*_proj': 7 },
    },
    modules: {
      [attention(0, 'q_proj')]: { rank: 3, scale: 4 / 3 },
      [attention(1, 'q_proj')]: { rank: 5, scale: 7 / 5 },
      [attention(0, 'v_proj')]: two,
      [attention(1, 'v_proj')]: { rank: 2, scale: 7 / 2 },
    },
  },
  {
    name: 'rank-stabilised scales',
    model: 'neox',
    config: { target_modules: ['query_key_value', 'dense_4h_to_h'], use_rslora: true },
    modules: Object.fromEntries(
      [0, 1].flatMap((layer) =>
        ['attention.query_key_value', 'mlp.dense_4h_to_h'].map((name) => [
          `gpt_neox.layers.${layer}.${name}`,
          { rank: 2, scale: 4 / Math.SQRT2 },
        ]),
      ),
    ),
  },
  {
    name: 'some layers',
    model: 'llama',
    config: { target_modules: ['q_proj'], layers_to_transform: [1], layers_pattern: 'layers' },
    modules: { [attention(1, 'q_proj')]: two },
  },
  {
    name: 'one layer, by its number alone',
    model: 'llama',
    config: { target_modules: ['q_proj'], layers_to_transform: 0, layers_pattern: null },
    modules: { [attention(0, 'q_proj')]: two },
  },
  {
    name: 'modules that are excluded',
    model: 'llama',
    config: { target_modules: ['q_proj', 'v_proj'], exclude_modules: ['v_proj', attention(0, 'q_proj')] },
    modules: { [attention(1, 'q_proj')]: two },
  },
  {
    name: 'modules that are excluded by an expression',
    model: 'llama',
    config: { target_modules: ['q_proj'], exclude_modules: '.*\\.0\\..*' },
    modules: { [attention(1, 'q_proj')]: two },
  },
  {
    name: 'saved embeddings and heads that equal the base',
    model: 'llama',
    config: { target_modules: ['q_proj'], modules_to_save: ['lm_head'] },
    modules: both,
    copies: {
      'base_model.model.lm_head.weight': 'lm_head.weight',
      'base_model.model.model.embed_tokens.weight': 'model.embed_tokens.weight',
    },
  },
  {
    name: 'the head',
    model: 'llama',
    config: { target_modules: ['lm_head', 'q_proj'] },
    modules: { ...both, lm_head: two },
  },
  {
    name: 'a tied head and its embedding',
    model: 'tied',
    config: { target_modules: ['lm_head', 'embed_tokens', 'q_proj'] },
    modules: { ...both, lm_head: two, 'model.embed_tokens': two },
    copies: { 'base_model.model.model.embed_tokens.base_layer.weight': 'model.embed_tokens.weight' },
  },
  {
    name: 'the embedding of GPT-NeoX',
    model: 'neox',
    config: { target_modules: ['embed_in', 'embed_out'] },
    modules: { 'gpt_neox.embed_in': two, embed_out: two },
  },
  {
    name: 'DoRA',
    model: 'llama',
    config: { target_modules: ['q_proj', 'down_proj', 'lm_head'], use_dora: true },
    modules: {
      ...both,
      'model.layers.0.mlp.down_proj': two,
      'model.layers.1.mlp.down_proj': two,
      lm_head: two,
    },
  },
  {
    name: 'DoRA of maps with biases, its magnitudes named as older versions do',
    model: 'neox',
    config: { target_modules: ['dense'], use_dora: true, use_rslora: true },
    modules: {
      'gpt_neox.layers.0.attention.dense': { rank: 2, scale: 4 / Math.SQRT2 },
      'gpt_neox.layers.1.attention.dense': { rank: 2, scale: 4 / Math.SQRT2 },
    },
    rename: (name) => name.replace(/magnitude_vector$/, 'magnitude_vector.weight'),
  },
  {
    name: 'DoRA of Conv1D, and a tied head',
    model: 'gpt2',
    config: { target_modules: ['c_attn', 'lm_head'], use_dora: true, fan_in_fan_out: true },
    modules: { 'transformer.h.0.attn.c_attn': two, 'transformer.h.1.attn.c_attn': two, lm_head: two },
  },
  {
    name: 'the embedding of GPT-2, and its Conv1D by a pattern of ranks',
    model: 'gpt2',
    config: { target_modules: ['wte', 'c_proj'], rank_pattern: { 'mlp.c_proj': 4 } },
    modules: {
      'transformer.wte': two,
      ...Object.fromEntries(
        [0, 1].flatMap((layer) => [
          [`transformer.h.${layer}.attn.c_proj`, two],
          [`transformer.h.${layer}.mlp.c_proj`, { rank: 4, scale: 1 }],
        ]),
      ),
    },
  },
];

/** Whether a module's weight is [inputs, outputs]: embeddings, and GPT-2's Conv1D. */
const isInOut = (module: string): boolean => isEmbedding(module) || module.startsWith('transformer.h.');
const isEmbedding = (module: string): boolean => /embed_(?:tokens|in)$|wte$/.test(module);

/** Writes the adapter of a case; the model's weights with it worked in, in float64 by W + scale · B A. */
async function written({ name, model, config, modules, rename = (x) => x, copies = {} }: PeftCase) {
  const modelConfig: ModelConfig = configs[model];
  const base = randomWeights(modelConfig, 5, 0.25);
  const shapes = weightShapes(modelConfig);
  const values: Values = new Map(
    [...base].map(([each, numbers]) => [each, { shape: shapes.get(each) ?? [], values: numbers }]),
  );
  const headName = model === 'neox' ? 'embed_out.weight' : 'lm_head.weight';
  const embedding = { neox: 'gpt_neox.embed_in', gpt2: 'transformer.wte' }[model as string] ?? 'model.embed_tokens';
  const whole = new Map(
    [...values, ...(modelConfig.tiedHead ? [[headName, values.get(`${embedding}.weight`)] as const] : [])].map(
      ([each, value]) => [each, { shape: value?.shape ?? [], values: Float64Array.from(value?.values ?? []) }],
    ),
  );
  const stored: Values = new Map();
  for (const [module, { rank, scale }] of Object.entries(modules)) {
    const weight = whole.get(`${module}.weight`);
    if (weight === undefined) throw new Error(`no ${module}`);
    const embeds = isEmbedding(module);
    const [outputs, inputs] = isInOut(module) ? [weight.shape[1], weight.shape[0]] : weight.shape;
    const random = stream(7, `${name} ${module}`);
    const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => 0.3 * random.normal());
    const [a, b] = [draw(rank * inputs), draw(outputs * rank)];
    const at = `base_model.model.${module}.`;
    stored.set(`${at}${embeds ? 'lora_embedding_A' : 'lora_A.weight'}`, { shape: [rank, inputs], values: a });
    stored.set(`${at}${embeds ? 'lora_embedding_B' : 'lora_B.weight'}`, { shape: [outputs, rank], values: b });
    const magnitudes = Float32Array.from({ length: outputs }, () => 1 + 0.2 * random.normal());
    if (config['use_dora'] === true) stored.set(`${at}lora_magnitude_vector`, { shape: [outputs], values: magnitudes });
    for (let o = 0; o < outputs; o++) {
      let square = 0;
      const cell = (i: number): number => (isInOut(module) ? i * outputs + o : o * inputs + i);
      for (let i = 0; i < inputs; i++) {
        for (let k = 0; k < rank; k++) weight.values[cell(i)] += scale * b[o * rank + k] * a[k * inputs + i];
        square += weight.values[cell(i)] ** 2;
      }
      if (config['use_dora'] !== true) continue;
      for (let i = 0; i < inputs; i++) weight.values[cell(i)] *= magnitudes[o] / Math.sqrt(square);
    }
  }
  for (const [file, own] of Object.entries(copies)) {
    const copy = values.get(own);
    if (copy !== undefined) stored.set(file, copy);
  }
  const at = join(folder, name.replace(/\W/g, '-'));
  const modelFolder = join(at, 'model');
  await writeRandomModel(modelFolder, modelConfig, { seed: 5, deviation: 0.25 });
  const adapter = join(at, 'adapter');
  mkdirSync(adapter);
  const tensors = [...stored].map(([each, { shape, values: numbers }]) => ({
    name: rename(each),
    shape,
    values: () => numbers,
  }));
  await writeSafetensors(join(adapter, 'adapter_model.safetensors'), tensors);
  const all = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: 2,
    lora_alpha: 4,
    lora_dropout: 0.1,
    bias: 'none',
    ...config,
  };
  writeFileSync(join(adapter, 'adapter_config.json'), JSON.stringify(all));
  return { at, model: modelFolder, adapter, whole, config: { ...modelConfig, tiedHead: false } };
}

const sequences = (['chosen', 'rejected'] as const).flatMap((reply) =>
  prompts.map((prompt) => ({
    ids: Int32Array.from([...prompt.ids, ...prompt[reply]]),
    promptLength: prompt.ids.length,
  })),
);

async function logProbabilities(model: LanguageModel, adapter = true): Promise<number[]> {
  const result = sequenceLogProbabilities(model, tokenBatch(sequences, model), { adapter });
  const values = await result.data();
  result.dispose();
  return Array.from(values);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected[i])));
  });
}

describe.each(cases)('an adapter with $name', (one) => {
  it('is that of an independent model in float64, comes back as written, can be left out and merged', async () => {
    const { at, model: path, adapter, whole, config } = await written(one);
    const reference = { name: '', config, lora: undefined };
    const expected = referenceResult(reference, 'sft', whole, { differentiate: false }).logProbabilities;
    const { model } = await loadModel({ model: path, adapter });
    const found = await logProbabilities(model);
    expectClose(found, expected);

    const plain = (await loadModel({ model: path })).model;
    expect(await logProbabilities(model, false)).toEqual(await logProbabilities(plain));
    plain.dispose();

    const copy = join(at, 'copy');
    await writeAdapter(copy, model, path);
    const again = (await loadModel({ model: path, adapter: copy })).model;
    expect(await logProbabilities(again)).toEqual(found);
    again.dispose();
    model.dispose();

    const out = join(at, 'merged');
    const changed = await mergeAdapter({ model: path, adapter, out });
    expect([...changed].sort()).toEqual(Object.keys(one.modules).sort());
    const merged = (await loadModel({ model: out })).model;
    expectClose(await logProbabilities(merged), expected);
    merged.dispose();
  });
});

it('factors of the head and the embedding have the gradient of the loss', async () => {
  const { model: path, adapter } = await written({ ...cases[12], name: 'gradient' });
  const { model } = await loadModel({ model: path, adapter });
  const loss = (): tf.Scalar =>
    tf.neg(tf.sum<tf.Scalar>(sequenceLogProbabilities(model, tokenBatch(sequences, model))));
  const { gradients, values } = weightedGradient(model.trainable, [{ weight: 1, loss }]);
  tf.dispose(values);
  for (const [name, variable] of model.trainable) {
    const gradient = await gradients.get(name)?.data();
    const before = Float32Array.from(await variable.data<'float32'>());
    // Along the gradient the loss changes by its squared length.
    const length = Math.hypot(...(gradient ?? []));
    expect(length, name).toBeGreaterThan(1e-3);
    const along = async (step: number): Promise<number> => {
      const moved = tf.tensor(
        before.map((value, i) => value + (step * (gradient?.[i] ?? 0)) / length),
        variable.shape,
      );
      variable.assign(moved);
      moved.dispose();
      const [value] = await loss().data();
      return value;
    };
    const slope = ((await along(0.02)) - (await along(-0.02))) / 0.04;
    expect(Math.abs(slope / length - 1), name).toBeLessThan(0.02);
    variable.assign(tf.tensor(before, variable.shape));
  }
  tf.dispose([...gradients.values()]);
  model.dispose();
});

it('every configuration adapts the modules, with the ranks and scales, that its fields say', () => {
  const config = llama.example({ width: 16, heads: 4, layers: 12 });
  const names = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
  const some = fc.subarray(names, { minLength: 1 });
  const layers = fc.subarray([...Array(12).keys()], { minLength: 1 });
  const override = fc.record({
    layer: fc.integer({ min: 0, max: 11 }),
    name: fc.constantFrom(...names),
    value: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(
      some,
      fc.option(layers),
      fc.array(override, { maxLength: 4 }),
      fc.array(override, { maxLength: 4 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 32 }),
      (targets, chosen, ranks, alphas, rankStabilised, rank, alpha) => {
        const pattern = (list: typeof ranks) =>
          Object.fromEntries(list.map(({ layer, name, value }) => [`layers.${layer}.self_attn.${name}`, value]));
        const found = adaptedModules(config, {
          ...{ rank, alpha, targets, rankStabilised },
          rankPattern: pattern(ranks),
          alphaPattern: pattern(alphas),
          ...(chosen !== null && { layers: chosen }),
        });
        const last = (list: typeof ranks, layer: number, name: string): number | undefined =>
          list.findLast((entry) => entry.layer === layer && entry.name === name)?.value;
        const expected = [...Array(12).keys()].flatMap((layer) =>
          names
            .filter((name) => targets.includes(name) && (chosen === null || chosen.includes(layer)))
            .map((name) => {
              const own = last(ranks, layer, name) ?? rank;
              const scale = (last(alphas, layer, name) ?? alpha) / (rankStabilised ? Math.sqrt(own) : own);
              return { module: `model.layers.${layer}.self_attn.${name}`, rank: own, scale };
            }),
        );
        expect(found.map(({ module, rank: r, scale }) => ({ module, rank: r, scale }))).toEqual(expected);
      },
    ),
  );
});

describe('an adapter is refused by name', () => {
  it.each([
    [{ init_lora_weights: 'pissa' }, /init_lora_weights: got "pissa", expected .*change the base/],
    [{ init_lora_weights: 'olora' }, /init_lora_weights: got "olora"/],
    [{ init_lora_weights: 'loftq', loftq_config: { loftq_bits: 4 } }, /init_lora_weights: got "loftq"/],
    [{ init_lora_weights: 'corda' }, /init_lora_weights: got "corda"/],
    [{ init_lora_weights: 'pissa_niter_4' }, /init_lora_weights: got "pissa_niter_4"/],
    [{ init_lora_weights: 'lora_ga' }, /init_lora_weights: got "lora_ga"/],
    [{ init_lora_weights: 'mica' }, /init_lora_weights: got "mica"/],
    [{ peft_type: 'ADALORA' }, /peft_type: got "ADALORA"/],
    // The other fields of LoraConfig in PEFT 0.20 that may change numbers.
    ...[
      { loftq_config: { loftq_bits: 4 } },
      { corda_config: { cache_file: 'x' } },
      { lora_ga_config: { direction: 'ArB2r' } },
      { velora_config: { num_groups: 2 } },
      { monteclora_config: { samples: 2 } },
      { use_bdlora: { nblocks: 2 } },
      { arrow_config: { top_k: 2 } },
      { ensure_weight_tying: true },
      { megatron_config: { hidden_size: 4 } },
      { runtime_config: { ephemeral_gpu_offload: true } },
    ].map((change): [object, RegExp] => [
      change,
      new RegExp(`${Object.keys(change)[0]}: got .*expected an adapter without it`),
    ]),
    [{ alora_invocation_tokens: [10, 65] }, /alora_invocation_tokens: got \[10,65\], expected an adapter without it/],
    [{ lora_bias: true }, /lora_bias: got true/],
    [{ bias: 'all' }, /bias: got "all", expected "none"/],
    [{ layer_replication: [[0, 1]] }, /layer_replication/],
    [{ trainable_token_indices: [1] }, /trainable_token_indices/],
    [{ target_parameters: ['x'] }, /target_parameters/],
    [{ use_qalora: true }, /use_qalora/],
    [{ something_new: 'matters' }, /something_new: got "matters"/],
    [{ task_type: 'SEQ_CLS' }, /task_type: got "SEQ_CLS"/],
    [{ r: 0 }, /: r: got 0/],
    [{ lora_alpha: -1 }, /lora_alpha: got -1/],
    [{ target_modules: [] }, /target_modules: got \[\]/],
    [{ target_modules: '(' }, /target_modules: got "\(", expected a regular expression/],
    [{ target_modules: ['c_attn'] }, /lora targets: got "c_attn", expected some of .*q_proj/],
    [
      { target_modules: ['embed_tokens'], use_dora: true },
      /use_dora: got true, expected no model\.embed_tokens|embed_tokens/,
    ],
    [{ rank_pattern: { q_proj: 3 } }, /lora_A\.weight: got "shape \[2,16\]", expected shape \[3,16\]/],
    [{ target_modules: ['q_proj', 'v_proj'] }, /v_proj\.lora_A\.weight: got "no such tensor"/],
    [{ layers_to_transform: [0] }, /layers\.1\.self_attn\.q_proj\.lora_A\.weight: got "a factor"/],
  ])('for %j', async (change, message) => {
    const one = await refusable;
    const path = join(one.adapter, 'adapter_config.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(before) as object), ...change }));
    await expect(loadModel({ model: one.model, adapter: one.adapter })).rejects.toThrow(message);
    writeFileSync(path, before);
  });
  const refusable = written({ ...cases[0], name: 'refusable' });

  it('where it has a tensor twice, under a name with base_model.model. and one without', async () => {
    const one = await written({ ...cases[0], name: 'twice' });
    const path = join(one.adapter, 'adapter_model.safetensors');
    const weights = openSafetensors(path);
    const tensors = [...weights.shapes].map(([name, shape]) => ({ name, shape, values: () => weights.read(name) }));
    const again = { ...tensors[0], name: tensors[0].name.replace('base_model.model.', '') };
    await writeSafetensors(`${path}.new`, [...tensors, again]);
    weights.close();
    renameSync(`${path}.new`, path);
    await expect(loadModel({ model: one.model, adapter: one.adapter })).rejects.toThrow(
      /got "a second tensor", expected one for base_model\.model\./,
    );
  });

  it('but not for fields that say nothing, or no number', async () => {
    const one = await written({ ...cases[0], name: 'neutral' });
    const neutral = {
      ...{ auto_mapping: null, base_model_name_or_path: 'x', revision: null, inference_mode: true, lora_dropout: 0.05 },
      ...{ fan_in_fan_out: false, init_lora_weights: true, loftq_config: {}, megatron_config: null },
      ...{ megatron_core: 'megatron.core', modules_to_save: [], rank_pattern: {}, alpha_pattern: {}, use_dora: false },
      ...{ layers_pattern: null, layers_to_transform: null, eva_config: null, trainable_token_indices: null },
      ...{ corda_config: null, layer_replication: null, target_parameters: null, qalora_group_size: 16 },
      ...{ lora_ga_config: null, velora_config: null, monteclora_config: null, use_bdlora: null, arrow_config: null },
      ...{ ensure_weight_tying: false },
      ...{
        use_qalora: false,
        alora_invocation_tokens: null,
        lora_bias: false,
        exclude_modules: null,
        peft_version: '0.17',
      },
    };
    const path = join(one.adapter, 'adapter_config.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...neutral }));
    const { model } = await loadModel({ model: one.model, adapter: one.adapter });
    model.dispose();
  });

  it('where an expression never ends', async () => {
    const one = await written({ ...cases[0], name: 'endless' });
    const path = join(one.adapter, 'adapter_config.json');
    const json = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...json, target_modules: '(?:[a-z_.0-9]+)+!' }));
    const { config, weights } = openModel(one.model);
    expect(() => readAdapter(one.adapter, config, weights, 200)).toThrow(/expected regular expressions that end/);
    weights.close();
  });

  it('where it holds a trained copy of the embedding, or tensors of no target', async () => {
    const copied = { 'base_model.model.model.embed_tokens.weight': 'lm_head.weight' };
    const one = await written({ ...cases[10], name: 'trained copy', copies: copied });
    await expect(loadModel({ model: one.model, adapter: one.adapter })).rejects.toThrow(
      /embed_tokens\.weight: got "a trained copy", expected the values of model\.embed_tokens\.weight/,
    );
  });
});
