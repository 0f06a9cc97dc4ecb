import { stream } from '../../../src/base/random-stream.js';
import type { ModelConfig } from '../../../src/llm/model/architecture/index.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { qwen2Config } from '../../../src/llm/model/architecture/qwen2.js';
import { adaptedModules } from '../../../src/llm/model/adapted-modules.js';
import { peftName, type LoraConfig } from '../../../src/llm/model/lora.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { gpt2Config } from '../../../src/llm/model/architecture/gpt2.js';
import { mistralConfig } from '../../../src/llm/model/architecture/mistral.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { randomWeights } from '../../../src/llm/model/random.js';
import { matrix, Tape, type Matrix } from './autodiff.js';
import { logProbability, type Settings } from './language-model.js';
import { referenceRope, type RopeJson } from './rope.js';

/** A tiny model, and whether an adapter or every weight is trained. */
export interface Case {
  readonly name: string;
  readonly config: ModelConfig;
  readonly lora: LoraConfig | undefined;
}

const tiny = { width: 16, heads: 4, layers: 2, vocabularySize: 260, contextLength: 64 };
const pythia = neoxConfig({ ...tiny, rotaryWidth: 2 });
const llama = llamaConfig(tiny);
const gpt2 = gpt2Config(tiny);
const scaling = {
  kind: 'llama3',
  factor: 4,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalContextLength: 16,
} as const;

const yarn = {
  kind: 'yarn',
  factor: 4,
  originalContextLength: 16,
  betaFast: 2,
  betaSlow: 0.5,
  attentionFactor: 1.25,
  truncate: false,
} as const;
/** The same scalings as a config.json says them. */
const ropes: readonly (readonly [string, RopeJson])[] = [
  [
    'llama3',
    { rope_type: 'llama3', factor: 4, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 },
  ],
  [
    'yarn',
    {
      rope_type: 'yarn',
      factor: 4,
      original_max_position_embeddings: 16,
      beta_fast: 2,
      beta_slow: 0.5,
      attention_factor: 1.25,
      truncate: false,
    },
  ],
];

export const cases: readonly Case[] = [
  { name: 'NeoX, LoRA', config: pythia, lora: { rank: 3, alpha: 6, targets: ['query_key_value'] } },
  { name: 'NeoX, full', config: pythia, lora: undefined },
  {
    name: 'NeoX with serial residual, LoRA on every map',
    config: { ...pythia, parallelResidual: false, rotaryWidth: 4 },
    lora: { rank: 2, alpha: 3, targets: ['query_key_value', 'dense', 'dense_h_to_4h', 'dense_4h_to_h'] },
  },
  { name: 'Llama, LoRA', config: llama, lora: { rank: 3, alpha: 6, targets: ['q_proj', 'v_proj'] } },
  { name: 'Llama, full', config: llama, lora: undefined },
  {
    name: 'Llama with tied head, biases, wide heads and scaled rotation, full',
    config: { ...llama, tiedHead: true, attentionBias: true, mlpBias: true, headWidth: 6, ropeScaling: scaling },
    lora: undefined,
  },
  {
    name: 'GPT-2, LoRA on every map',
    config: gpt2,
    lora: { rank: 2, alpha: 3, targets: ['c_attn', 'c_proj', 'c_fc'] },
  },
  { name: 'GPT-2, full', config: gpt2, lora: undefined },
  { name: 'Mistral with a window of 3, full', config: mistralConfig({ ...tiny, slidingWindow: 3 }), lora: undefined },
  {
    name: 'Qwen2 with a window in one layer, full',
    config: qwen2Config({ ...tiny, slidingWindow: 4, windowedLayers: [false, true] }),
    lora: undefined,
  },
  { name: 'Llama with YaRN, full', config: { ...llama, headWidth: 8, ropeScaling: yarn }, lora: undefined },
];

/** Sequences of different lengths, so that batches are padded. Each prompt has a chosen and a rejected response. */
export const prompts: readonly { ids: readonly number[]; chosen: readonly number[]; rejected: readonly number[] }[] = [
  { ids: [7, 31, 250, 7], chosen: [12, 99, 4, 256, 31], rejected: [8, 7] },
  { ids: [101, 5], chosen: [55, 3], rejected: [200, 201, 202, 5, 5, 5, 9] },
];
export const beta = 0.3;
export const labelSmoothing = 0.2;
/** γ of SimPO. */
export const gamma = 0.6;
/** Reference log-probabilities by pair: constants as far as gradients go. */
export const reference = [
  { chosen: -27.5, rejected: -12 },
  { chosen: -11, rejected: -40.25 },
];

/** float32 values of every tensor, by HF and PEFT name; the adapter's B is not zero, so that A matters. */
export function caseValues({ config, lora }: Case): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const shapes = weightShapes(config);
  const values = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, numbers] of randomWeights(config, 5, 0.25)) {
    values.set(name, { shape: shapes.get(name) ?? [], values: numbers });
  }
  for (const { module, inputs, outputs } of lora === undefined ? [] : adaptedModules(config, lora)) {
    const random = stream(6, module);
    const rank = lora?.rank ?? 0;
    const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => 0.3 * random.normal());
    values.set(peftName(module, 'A'), { shape: [rank, inputs], values: draw(rank * inputs) });
    values.set(peftName(module, 'B'), { shape: [outputs, rank], values: draw(outputs * rank) });
  }
  return values;
}

export function trainedNames({ lora }: Case, names: Iterable<string>): string[] {
  return [...names].filter((name) => lora === undefined || name.includes('lora_'));
}

export interface ReferenceResult {
  readonly loss: number;
  /** Of the chosen responses, then of the rejected ones. */
  readonly logProbabilities: readonly number[];
  readonly gradients: ReadonlyMap<string, Float64Array>;
}

/** The loss in float64: mean response-token cross-entropy of the chosen replies (sft), or the mean DPO loss. */
export function referenceResult(
  { config, lora }: Case,
  loss: 'sft' | 'dpo' | 'cdpo' | 'ipo' | 'simpo',
  values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>,
  { differentiate = true } = {},
): ReferenceResult {
  const parameters = new Map<string, Matrix>();
  for (const [name, { shape, values: numbers }] of values) {
    const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
    parameters.set(name, matrix(rows, columns, Float64Array.from(numbers)));
  }
  const settings = settingsOf(config, lora);
  const tape = new Tape();
  const run = (ids: readonly number[], reply: readonly number[]): Matrix =>
    logProbability(tape, settings, parameters, [...ids, ...reply], ids.length);
  const chosen = prompts.map((prompt) => run(prompt.ids, prompt.chosen));
  const rejected = prompts.map((prompt) => run(prompt.ids, prompt.rejected));
  let total: Matrix;
  if (loss === 'sft') {
    const tokens = prompts.reduce((sum, prompt) => sum + prompt.chosen.length, 0);
    total = tape.scaled(
      chosen.reduce((sum, one) => tape.plus(sum, one)),
      -1 / tokens,
    );
  } else {
    const losses = prompts.map((_, i) => {
      const shift = -(reference[i].chosen - reference[i].rejected);
      // log σ, and its derivative.
      const logLogistic = (x: Matrix): Matrix =>
        tape.map(
          x,
          (y) => -Math.log1p(Math.exp(-y)),
          (y) => 1 / (1 + Math.exp(y)),
        );
      const times = (x: Matrix, factor: number, constant = 0): Matrix =>
        tape.map(
          x,
          (y) => factor * (y + constant),
          () => factor,
        );
      if (loss === 'simpo') {
        const { chosen: won, rejected: lost } = prompts[i];
        const margin = tape.plus(times(chosen[i], 1 / won.length), times(rejected[i], -1 / lost.length));
        return times(logLogistic(times(margin, beta, -gamma / beta)), -1);
      }
      const difference = tape.plus(chosen[i], tape.scaled(rejected[i], -1));
      if (loss === 'ipo') {
        return tape.map(
          difference,
          (x) => (x + shift - 1 / (2 * beta)) ** 2,
          (x) => 2 * (x + shift - 1 / (2 * beta)),
        );
      }
      const logit = times(difference, beta, shift);
      const wrong = loss === 'cdpo' ? labelSmoothing : 0;
      return tape.plus(times(logLogistic(logit), wrong - 1), times(logLogistic(times(logit, -1)), -wrong));
    });
    total = tape.scaled(
      losses.reduce((sum, one) => tape.plus(sum, one)),
      1 / prompts.length,
    );
  }
  if (differentiate) tape.backward(total);
  return {
    loss: total.data[0],
    logProbabilities: [...chosen, ...rejected].map(({ data }) => data[0]),
    gradients: new Map([...parameters].map(([name, { gradient }]) => [name, gradient])),
  };
}

/** What the reference needs to know of a model. */
export function settingsOf(config: ModelConfig, lora: LoraConfig | undefined): Settings {
  const theta = 'ropeTheta' in config ? config.ropeTheta : 1;
  const rotated = 'rotaryWidth' in config ? config.rotaryWidth : 'ropeTheta' in config ? config.headWidth : 0;
  const scaling = 'ropeScaling' in config ? config.ropeScaling : undefined;
  const window = 'slidingWindow' in config ? config.slidingWindow : undefined;
  const rope: RopeJson = ropes.find(([kind]) => kind === scaling?.kind)?.[1] ?? { rope_type: 'default' };
  return {
    family: config.architecture === 'neox' || config.architecture === 'gpt2' ? config.architecture : 'llama',
    layers: config.layers,
    heads: config.heads,
    keyValueHeads: 'keyValueHeads' in config ? config.keyValueHeads : config.heads,
    headWidth: config.headWidth,
    epsilon: config.normEpsilon,
    ...referenceRope(rope, rotated, theta, config.contextLength),
    parallelResidual: config.architecture === 'neox' && config.parallelResidual,
    sees: (layer) => ('windowedLayers' in config && !config.windowedLayers[layer] ? Infinity : (window ?? Infinity)),
    tiedHead: config.tiedHead,
    adapterScale: lora === undefined ? 0 : lora.alpha / lora.rank,
  };
}
