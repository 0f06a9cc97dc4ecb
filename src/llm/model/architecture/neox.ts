import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { checked } from '../../../base/checked.js';
import { InputError } from '../../../base/input-error.js';
import { gelu } from '../activation.js';
import {
  evenWidth,
  headWidthOf,
  requireActivation,
  sharedJson,
  sharedSchema,
  sharedSizes,
  smallSizes,
  type DecoderConfig,
} from '../config.js';
import { add } from '../custom-gradient.js';
import { selfAttention, type Network, type Place } from '../network.js';
import { layerNorm } from '../norm.js';
import { readRope } from '../rope-config.js';
import { rotationOf } from '../rotary.js';
import type { Architecture } from './architecture.js';

/** A GPT-NeoX model (Pythia): layer norms with bias, fused queries, keys and values, exact gelu. */
export interface NeoxConfig extends DecoderConfig {
  readonly architecture: 'neox';
  readonly ropeTheta: number;
  /** How many of a head's coordinates are rotated. */
  readonly rotaryWidth: number;
  /** Whether attention and MLP read the same input, or the MLP what attention added to. */
  readonly parallelResidual: boolean;
  /** Whether the attention's linear maps have biases. */
  readonly attentionBias: boolean;
}

/** GPT-NeoX (Black et al. 2022, arXiv 2204.06745), the architecture of Pythia. */
export const neox: Architecture<NeoxConfig> = {
  name: 'neox',
  label: 'GPT-NeoX',
  modelType: 'gpt_neox',
  modelClass: 'GPTNeoXForCausalLM',
  embedding: 'gpt_neox.embed_in.weight',
  head: 'embed_out.weight',
  blocks: 'gpt_neox.layers',
  linearLayout: 'out-in',
  targets: ['query_key_value'],
  read,
  json: (config) => ({
    ...sharedJson(config),
    hidden_act: 'gelu',
    layer_norm_eps: config.normEpsilon,
    rotary_pct: config.rotaryWidth / config.headWidth,
    rotary_emb_base: config.ropeTheta,
    use_parallel_residual: config.parallelResidual,
    attention_bias: config.attentionBias,
  }),
  shapes,
  rotation: ({ rotaryWidth, ropeTheta }) => rotationOf(rotaryWidth, ropeTheta),
  hidden,
  example: neoxConfig,
};

const schema = sharedSchema.extend({
  rotary_pct: z.number().positive().max(1).default(0.25),
  rotary_emb_base: z.number().positive().optional(),
  rope_theta: z.number().positive().optional(),
  layer_norm_eps: z.number().positive().default(1e-5),
  use_parallel_residual: z.boolean().default(true),
  attention_bias: z.boolean().default(true),
});

function read(source: string, content: unknown): NeoxConfig {
  const json = checked(schema, content, { place: source });
  requireActivation(source, json.hidden_act ?? 'gelu', 'gelu');
  const rope = readRope(source, json, json.max_position_embeddings);
  if (rope.scaling !== undefined) {
    throw new InputError(`${source}: rope_scaling`, json.rope_scaling ?? json.rope_parameters, 'none for gpt_neox');
  }
  const headWidth = headWidthOf(source, json.hidden_size, json.num_attention_heads);
  return {
    architecture: 'neox',
    ...sharedSizes(json),
    headWidth,
    normEpsilon: json.layer_norm_eps,
    ropeTheta: rope.theta ?? json.rope_theta ?? json.rotary_emb_base ?? 10000,
    rotaryWidth: evenWidth(source, Math.trunc(headWidth * (rope.partialFactor ?? json.rotary_pct))),
    parallelResidual: json.use_parallel_residual,
    attentionBias: json.attention_bias,
  };
}

/** A GPT-NeoX configuration in Pythia's proportions, its vocabulary the byte tokenizer's unless given. */
export function neoxConfig(sizes: Partial<NeoxConfig> = {}): NeoxConfig {
  const { width = 32, heads = 4 } = sizes;
  return {
    architecture: 'neox',
    ...smallSizes(sizes),
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    tiedHead: false,
    rotaryWidth: width / heads / 4 >= 2 ? width / heads / 4 : width / heads,
    parallelResidual: true,
    attentionBias: true,
    ...sizes,
  };
}

function shapes(config: NeoxConfig): Map<string, number[]> {
  const { width, intermediateWidth, vocabularySize, attentionBias } = config;
  const named = new Map<string, number[]>([[neox.embedding, [vocabularySize, width]]]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): void => {
    named.set(`${name}.weight`, [outputs, inputs]);
    if (bias) named.set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string): void => {
    named.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `gpt_neox.layers.${layer}`;
    norm(`${at}.input_layernorm`);
    norm(`${at}.post_attention_layernorm`);
    linear(`${at}.attention.query_key_value`, 3 * width, width, attentionBias);
    linear(`${at}.attention.dense`, width, width, attentionBias);
    linear(`${at}.mlp.dense_h_to_4h`, intermediateWidth, width, true);
    linear(`${at}.mlp.dense_4h_to_h`, width, intermediateWidth, true);
  }
  norm('gpt_neox.final_layer_norm');
  if (!config.tiedHead) named.set(neox.head, [vocabularySize, width]);
  return named;
}

function hidden(config: NeoxConfig, network: Network, ids: Tensor, place: Place): Tensor {
  let rows = network.embed(ids);
  for (let layer = 0; layer < config.layers; layer++) {
    rows = network.block(`${neox.blocks}.${layer}`, rows, place, (x, at) => block(config, network, layer, x, at));
  }
  return norm(config, network, rows, 'gpt_neox.final_layer_norm');
}

function block(config: NeoxConfig, network: Network, layer: number, rows: Tensor, place: Place): Tensor {
  const at = `gpt_neox.layers.${layer}`;
  const read = norm(config, network, rows, `${at}.input_layernorm`);
  const projected = network.linear(read, `${at}.attention.query_key_value`);
  const { heads, headWidth } = config;
  const mixed = selfAttention([projected], { layer, heads, keyValueHeads: heads, headWidth }, place);
  const attended = network.linear(mixed, `${at}.attention.dense`);
  const afterAttention = add(rows, attended);
  const mlpInput = config.parallelResidual ? rows : afterAttention;
  const middle = norm(config, network, mlpInput, `${at}.post_attention_layernorm`);
  const expanded = gelu(network.linear(middle, `${at}.mlp.dense_h_to_4h`));
  return add(afterAttention, network.linear(expanded, `${at}.mlp.dense_4h_to_h`));
}

function norm(config: NeoxConfig, network: Network, rows: Tensor, name: string): Tensor {
  return layerNorm(rows, network.weight(`${name}.weight`), network.weight(`${name}.bias`), config.normEpsilon);
}
