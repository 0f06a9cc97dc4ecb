import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { InputError } from '../../../base/input-error.js';
import { silu } from '../activation.js';
import {
  count,
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
import { rootMeanSquareNorm } from '../norm.js';
import { readRope, ropeScalingJson } from '../rope-config.js';
import { rotationOf, type RopeScaling } from '../rotary.js';
import type { Architecture } from './architecture.js';

/** What Llama and its descendants share: root-mean-square norms, grouped-query attention, rotation, gated silu. */
export interface LlamaFamilyConfig extends DecoderConfig {
  readonly keyValueHeads: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | undefined;
}

/** In what a member of the family differs from the others. */
export interface LlamaFamilyMember<Config extends LlamaFamilyConfig> extends Pick<
  Architecture<Config>,
  'name' | 'label' | 'modelType' | 'modelClass' | 'read' | 'example'
> {
  /** The fields of config.json that only the member has. */
  readonly ownJson: (config: Config) => Record<string, unknown>;
  /** Which linear maps have biases. */
  readonly biases: (config: Config) => Biases;
  /** How far back some layers look, and which ones. */
  readonly window?: (config: Config) => AttentionWindow | undefined;
}

interface Biases {
  readonly queryKeyValue: boolean;
  readonly output: boolean;
  readonly mlp: boolean;
}

interface AttentionWindow {
  /** Positions, a position's own included. */
  readonly width: number;
  readonly windowed: (layer: number) => boolean;
}

const embedding = 'model.embed_tokens.weight';
const head = 'lm_head.weight';

/** The architecture of a member of the family. */
export function llamaFamily<Config extends LlamaFamilyConfig>(member: LlamaFamilyMember<Config>): Architecture<Config> {
  const { ownJson, biases, window, ...names } = member;
  return {
    ...names,
    embedding,
    head,
    blocks: 'model.layers',
    linearLayout: 'out-in',
    targets: ['q_proj', 'v_proj'],
    json: (config) => ({
      ...sharedJson(config),
      hidden_act: 'silu',
      head_dim: config.headWidth,
      num_key_value_heads: config.keyValueHeads,
      rms_norm_eps: config.normEpsilon,
      rope_theta: config.ropeTheta,
      rope_scaling: ropeScalingJson(config.ropeScaling),
      ...ownJson(config),
    }),
    shapes: (config) => shapes(config, biases(config)),
    rotation: ({ headWidth, ropeTheta, ropeScaling }) => rotationOf(headWidth, ropeTheta, ropeScaling),
    window: (config) => window?.(config)?.width,
    hidden: (config, network, ids, place) => {
      const windowed = window?.(config)?.windowed ?? (() => false);
      let rows = network.embed(ids);
      for (let layer = 0; layer < config.layers; layer++) {
        const one = { layer, windowed: windowed(layer) };
        rows = network.block(`model.layers.${layer}`, rows, place, (x, at) => block(config, network, one, x, at));
      }
      return norm(config, network, rows, 'model.norm');
    },
  };
}

/** The fields of config.json that the family shares; members have defaults of their own. */
export const llamaFamilySchema = sharedSchema.extend({
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  partial_rotary_factor: z.literal(1, '1: all of a head is rotated').nullish(),
});

/** The configuration that these fields say, except for its architecture; throws an InputError naming the field. */
export function readLlamaFamily(
  source: string,
  json: z.output<typeof llamaFamilySchema>,
): Omit<LlamaFamilyConfig, 'architecture'> {
  requireActivation(source, json.hidden_act ?? 'silu', 'silu');
  const keyValueHeads = json.num_key_value_heads ?? json.num_attention_heads;
  if (json.num_attention_heads % keyValueHeads !== 0) {
    const divisor = `a divisor of ${json.num_attention_heads} heads`;
    throw new InputError(`${source}: num_key_value_heads`, keyValueHeads, divisor);
  }
  const rope = readRope(source, json, json.max_position_embeddings);
  if ((rope.partialFactor ?? 1) !== 1) {
    const whole = '1: all of a head is rotated';
    throw new InputError(`${source}: partial_rotary_factor`, rope.partialFactor, whole);
  }
  return {
    ...sharedSizes(json),
    headWidth: evenWidth(source, json.head_dim ?? headWidthOf(source, json.hidden_size, json.num_attention_heads)),
    keyValueHeads,
    normEpsilon: json.rms_norm_eps,
    ropeTheta: rope.theta ?? json.rope_theta ?? 10000,
    ropeScaling: rope.scaling,
  };
}

/** Sizes of a small member, with two heads a key-value head and the byte tokenizer's vocabulary. */
export function llamaFamilySizes({
  width = 32,
  heads = 4,
}: Partial<LlamaFamilyConfig>): Omit<LlamaFamilyConfig, 'architecture'> {
  return {
    ...smallSizes({ width, heads }),
    intermediateWidth: 3 * width,
    keyValueHeads: heads / 2,
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    ropeScaling: undefined,
    tiedHead: false,
  };
}

function shapes(config: LlamaFamilyConfig, biases: Biases): Map<string, number[]> {
  const { width, intermediateWidth, vocabularySize, heads, keyValueHeads, headWidth } = config;
  const named = new Map<string, number[]>([[embedding, [vocabularySize, width]]]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): void => {
    named.set(`${name}.weight`, [outputs, inputs]);
    if (bias) named.set(`${name}.bias`, [outputs]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    named.set(`${at}.input_layernorm.weight`, [width]);
    named.set(`${at}.post_attention_layernorm.weight`, [width]);
    linear(`${at}.self_attn.q_proj`, heads * headWidth, width, biases.queryKeyValue);
    linear(`${at}.self_attn.k_proj`, keyValueHeads * headWidth, width, biases.queryKeyValue);
    linear(`${at}.self_attn.v_proj`, keyValueHeads * headWidth, width, biases.queryKeyValue);
    linear(`${at}.self_attn.o_proj`, width, heads * headWidth, biases.output);
    linear(`${at}.mlp.gate_proj`, intermediateWidth, width, biases.mlp);
    linear(`${at}.mlp.up_proj`, intermediateWidth, width, biases.mlp);
    linear(`${at}.mlp.down_proj`, width, intermediateWidth, biases.mlp);
  }
  named.set('model.norm.weight', [width]);
  if (!config.tiedHead) named.set(head, [vocabularySize, width]);
  return named;
}

function block(
  config: LlamaFamilyConfig,
  network: Network,
  which: { readonly layer: number; readonly windowed: boolean },
  rows: Tensor,
  place: Place,
): Tensor {
  const { heads, keyValueHeads, headWidth } = config;
  const at = `model.layers.${which.layer}`;
  const read = norm(config, network, rows, `${at}.input_layernorm`);
  const projected = ['q_proj', 'k_proj', 'v_proj'].map((name) => network.linear(read, `${at}.self_attn.${name}`));
  const mixed = selfAttention(projected, { ...which, heads, keyValueHeads, headWidth }, place);
  const afterAttention = add(rows, network.linear(mixed, `${at}.self_attn.o_proj`));
  const middle = norm(config, network, afterAttention, `${at}.post_attention_layernorm`);
  const gate = silu(network.linear(middle, `${at}.mlp.gate_proj`));
  const gated = tf.mul(gate, network.linear(middle, `${at}.mlp.up_proj`));
  return add(afterAttention, network.linear(gated, `${at}.mlp.down_proj`));
}

function norm(config: LlamaFamilyConfig, network: Network, rows: Tensor, name: string): Tensor {
  return rootMeanSquareNorm(rows, network.weight(`${name}.weight`), config.normEpsilon);
}
