import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { InputError } from '../../../base/input-error.js';
import { silu } from '../activation.js';
import {
  count,
  evenWidth,
  headWidthOf,
  parsedConfig,
  requireActivation,
  sharedJson,
  sharedSchema,
  sharedSizes,
  type DecoderConfig,
} from '../config.js';
import { add } from '../custom-gradient.js';
import { embed, fusedAttention, isComposed, selfAttention, splitHeads, type Network, type Place } from '../network.js';
import { rootMeanSquareNorm } from '../norm.js';
import { readRope, ropeScalingJson } from '../rope-config.js';
import { rotationOf, type RopeScaling } from '../rotary.js';
import type { Architecture } from './architecture.js';

/** A Llama model: root-mean-square norms, grouped-query attention, gated silu. */
export interface LlamaConfig extends DecoderConfig {
  readonly architecture: 'llama';
  readonly keyValueHeads: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | undefined;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
}

/** Llama (Touvron et al. 2023, arXiv 2302.13971; grouped queries since Llama 2). */
export const llama: Architecture<LlamaConfig> = {
  name: 'llama',
  label: 'Llama',
  modelType: 'llama',
  modelClass: 'LlamaForCausalLM',
  embedding: 'model.embed_tokens.weight',
  head: 'lm_head.weight',
  blocks: 'model.layers',
  linearLayout: 'out-in',
  targets: ['q_proj', 'v_proj'],
  read,
  json: (config) => ({
    ...sharedJson(config),
    hidden_act: 'silu',
    head_dim: config.headWidth,
    num_key_value_heads: config.keyValueHeads,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: ropeScalingJson(config.ropeScaling),
    attention_bias: config.attentionBias,
    mlp_bias: config.mlpBias,
  }),
  shapes,
  rotation: ({ headWidth, ropeTheta, ropeScaling }) => rotationOf(headWidth, ropeTheta, ropeScaling),
  hidden,
  example: llamaConfig,
};

const schema = sharedSchema.extend({
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  partial_rotary_factor: z.literal(1, '1 for llama').nullish(),
});

function read(source: string, content: unknown): LlamaConfig {
  const json = parsedConfig(source, schema, content);
  requireActivation(source, json.hidden_act ?? 'silu', 'silu');
  const keyValueHeads = json.num_key_value_heads ?? json.num_attention_heads;
  if (json.num_attention_heads % keyValueHeads !== 0) {
    const divisor = `a divisor of ${json.num_attention_heads} heads`;
    throw new InputError(`${source}: num_key_value_heads`, keyValueHeads, divisor);
  }
  const rope = readRope(source, json, json.max_position_embeddings);
  if ((rope.partialFactor ?? 1) !== 1) {
    throw new InputError(`${source}: partial_rotary_factor`, rope.partialFactor, '1 for llama');
  }
  return {
    architecture: 'llama',
    ...sharedSizes(json),
    headWidth: evenWidth(source, json.head_dim ?? headWidthOf(source, json.hidden_size, json.num_attention_heads)),
    keyValueHeads,
    normEpsilon: json.rms_norm_eps,
    ropeTheta: rope.theta ?? json.rope_theta ?? 10000,
    ropeScaling: rope.scaling,
    attentionBias: json.attention_bias,
    mlpBias: json.mlp_bias,
  };
}

/** A Llama configuration with two heads a key-value head, its vocabulary the byte tokenizer's unless given. */
export function llamaConfig(sizes: Partial<LlamaConfig> = {}): LlamaConfig {
  const { width = 32, heads = 4 } = sizes;
  return {
    architecture: 'llama',
    vocabularySize: 257,
    contextLength: 128,
    width,
    intermediateWidth: 3 * width,
    layers: 2,
    heads,
    headWidth: width / heads,
    keyValueHeads: heads / 2,
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    ropeScaling: undefined,
    tiedHead: false,
    attentionBias: false,
    mlpBias: false,
    ...sizes,
  };
}

function shapes(config: LlamaConfig): Map<string, number[]> {
  const { width, intermediateWidth, vocabularySize, heads, keyValueHeads, headWidth, attentionBias, mlpBias } = config;
  const named = new Map<string, number[]>([[llama.embedding, [vocabularySize, width]]]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): void => {
    named.set(`${name}.weight`, [outputs, inputs]);
    if (bias) named.set(`${name}.bias`, [outputs]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    named.set(`${at}.input_layernorm.weight`, [width]);
    named.set(`${at}.post_attention_layernorm.weight`, [width]);
    linear(`${at}.self_attn.q_proj`, heads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.k_proj`, keyValueHeads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.v_proj`, keyValueHeads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.o_proj`, width, heads * headWidth, attentionBias);
    linear(`${at}.mlp.gate_proj`, intermediateWidth, width, mlpBias);
    linear(`${at}.mlp.up_proj`, intermediateWidth, width, mlpBias);
    linear(`${at}.mlp.down_proj`, width, intermediateWidth, mlpBias);
  }
  named.set('model.norm.weight', [width]);
  if (!config.tiedHead) named.set(llama.head, [vocabularySize, width]);
  return named;
}

function hidden(config: LlamaConfig, network: Network, ids: Tensor, place: Place): Tensor {
  let rows = embed(network.parts(llama.embedding), ids);
  // What a block made on the way and no gradient needs is freed at its end.
  for (let layer = 0; layer < config.layers; layer++) rows = tf.tidy(() => block(config, network, layer, rows, place));
  return norm(config, network, rows, 'model.norm');
}

function block(config: LlamaConfig, network: Network, layer: number, rows: Tensor, place: Place): Tensor {
  const attention = `model.layers.${layer}.self_attn`;
  const mlp = `model.layers.${layer}.mlp`;
  const read = norm(config, network, rows, `model.layers.${layer}.input_layernorm`);
  const projected = ['q_proj', 'k_proj', 'v_proj'].map((name) => network.linear(read, `${attention}.${name}`));
  const attended = network.linear(attend(config, layer, projected, place), `${attention}.o_proj`);
  const afterAttention = add(rows, attended);
  const middle = norm(config, network, afterAttention, `model.layers.${layer}.post_attention_layernorm`);
  const gated = tf.mul(silu(network.linear(middle, `${mlp}.gate_proj`)), network.linear(middle, `${mlp}.up_proj`));
  return add(afterAttention, network.linear(gated, `${mlp}.down_proj`));
}

/** Self-attention from rows of queries, keys and values. */
function attend(config: LlamaConfig, layer: number, projected: readonly Tensor[], place: Place): Tensor {
  const { heads, keyValueHeads, headWidth } = config;
  if (!isComposed(place)) return fusedAttention(projected, { heads, keyValueHeads, headWidth }, place);
  const [queries, keys, values] = projected.map((rows, i) => splitHeads(rows, i === 0 ? heads : keyValueHeads, place));
  return selfAttention(layer, queries, keys, values, place);
}

function norm(config: LlamaConfig, network: Network, rows: Tensor, name: string): Tensor {
  return rootMeanSquareNorm(rows, network.weight(`${name}.weight`), config.normEpsilon);
}
