import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { checked } from '../../../base/checked.js';
import { geluTanh } from '../activation.js';
import { count, headWidthOf, smallSizes, type DecoderConfig } from '../config.js';
import { add } from '../custom-gradient.js';
import { addPositions, selfAttention, type Network, type Place } from '../network.js';
import { layerNorm } from '../norm.js';
import type { Architecture } from './architecture.js';

/** A GPT-2 model: learned positions, layer norms with bias, fused queries, keys and values, tanh gelu. */
export interface Gpt2Config extends DecoderConfig {
  readonly architecture: 'gpt2';
}

/** GPT-2 (Radford et al. 2019), whose linear maps are the Conv1D of transformers. */
export const gpt2: Architecture<Gpt2Config> = {
  name: 'gpt2',
  label: 'GPT-2',
  modelType: 'gpt2',
  modelClass: 'GPT2LMHeadModel',
  embedding: 'transformer.wte.weight',
  head: 'lm_head.weight',
  blocks: 'transformer.h',
  linearLayout: 'in-out',
  targets: ['c_attn'],
  read,
  json: (config) => ({
    vocab_size: config.vocabularySize,
    n_positions: config.contextLength,
    n_embd: config.width,
    n_inner: config.intermediateWidth,
    n_layer: config.layers,
    n_head: config.heads,
    activation_function: 'gelu_new',
    layer_norm_epsilon: config.normEpsilon,
    tie_word_embeddings: config.tiedHead,
    torch_dtype: 'float32',
  }),
  shapes,
  rotation: () => ({ frequencies: [], attentionFactor: 1 }),
  hidden,
  example: gpt2Config,
};

const activations = ['gelu_new', 'gelu_pytorch_tanh'] as const;
const schema = z.object({
  vocab_size: count,
  n_positions: count.default(1024),
  n_embd: count,
  n_inner: count.nullish(),
  n_layer: count,
  n_head: count,
  activation_function: z.enum(activations, activations.join(' or ')).default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
  scale_attn_weights: z.literal(true, 'true').default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false, 'false').default(false),
  add_cross_attention: z.literal(false, 'false').default(false),
  quantization_config: z.null('none: quantised weights are not read').optional(),
});

function read(source: string, content: unknown): Gpt2Config {
  const json = checked(schema, content, { place: source });
  return {
    architecture: 'gpt2',
    vocabularySize: json.vocab_size,
    contextLength: json.n_positions,
    width: json.n_embd,
    intermediateWidth: json.n_inner ?? 4 * json.n_embd,
    layers: json.n_layer,
    heads: json.n_head,
    headWidth: headWidthOf(source, json.n_embd, json.n_head, { width: 'n_embd', heads: 'n_head' }),
    normEpsilon: json.layer_norm_epsilon,
    tiedHead: json.tie_word_embeddings,
  };
}

/** A GPT-2 configuration in the usual proportions, its vocabulary the byte tokenizer's unless given. */
export function gpt2Config(sizes: Partial<Gpt2Config> = {}): Gpt2Config {
  return {
    architecture: 'gpt2',
    ...smallSizes(sizes),
    normEpsilon: 1e-5,
    tiedHead: true,
    ...sizes,
  };
}

const positions = 'transformer.wpe.weight';

function shapes({ width, intermediateWidth, vocabularySize, ...config }: Gpt2Config): Map<string, number[]> {
  const named = new Map<string, number[]>([
    [gpt2.embedding, [vocabularySize, width]],
    [positions, [config.contextLength, width]],
  ]);
  const linear = (name: string, inputs: number, outputs: number): void => {
    named.set(`${name}.weight`, [inputs, outputs]).set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string): void => {
    named.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `${gpt2.blocks}.${layer}`;
    norm(`${at}.ln_1`);
    linear(`${at}.attn.c_attn`, width, 3 * width);
    linear(`${at}.attn.c_proj`, width, width);
    norm(`${at}.ln_2`);
    linear(`${at}.mlp.c_fc`, width, intermediateWidth);
    linear(`${at}.mlp.c_proj`, intermediateWidth, width);
  }
  norm('transformer.ln_f');
  if (!config.tiedHead) named.set(gpt2.head, [vocabularySize, width]);
  return named;
}

function hidden(config: Gpt2Config, network: Network, ids: Tensor, place: Place): Tensor {
  let rows = addPositions(network.embed(ids), network.weight(positions), place);
  for (let layer = 0; layer < config.layers; layer++) {
    rows = network.block(`${gpt2.blocks}.${layer}`, rows, place, (x, at) => block(config, network, layer, x, at));
  }
  return norm(config, network, rows, 'transformer.ln_f');
}

function block(config: Gpt2Config, network: Network, layer: number, rows: Tensor, place: Place): Tensor {
  const { heads, headWidth } = config;
  const at = `${gpt2.blocks}.${layer}`;
  // All heads' queries lie before all heads' keys, and those before all heads' values.
  const projected = network.linear(norm(config, network, rows, `${at}.ln_1`), `${at}.attn.c_attn`);
  const mixed = selfAttention(tf.split(projected, 3, -1), { layer, heads, keyValueHeads: heads, headWidth }, place);
  const afterAttention = add(rows, network.linear(mixed, `${at}.attn.c_proj`));
  const middle = norm(config, network, afterAttention, `${at}.ln_2`);
  const expanded = geluTanh(network.linear(middle, `${at}.mlp.c_fc`));
  return add(afterAttention, network.linear(expanded, `${at}.mlp.c_proj`));
}

function norm(config: Gpt2Config, network: Network, rows: Tensor, name: string): Tensor {
  return layerNorm(rows, network.weight(`${name}.weight`), network.weight(`${name}.bias`), config.normEpsilon);
}
