import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu } from './activation.js';
import { add } from './custom-gradient.js';
import type { NeoxConfig } from './config.js';
import { embed, fusedAttention, isComposed, selfAttention, splitHeads, type Network, type Place } from './network.js';
import { layerNorm } from './norm.js';

/** The names and shapes of a GPT-NeoX model's tensors, as in HF checkpoints. */
export function neoxShapes(config: NeoxConfig): Map<string, number[]> {
  const { width, intermediateWidth, vocabularySize, attentionBias } = config;
  const shapes = new Map<string, number[]>([[neoxEmbedding, [vocabularySize, width]]]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): void => {
    shapes.set(`${name}.weight`, [outputs, inputs]);
    if (bias) shapes.set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string): void => {
    shapes.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
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
  if (!config.tiedHead) shapes.set(neoxHead, [vocabularySize, width]);
  return shapes;
}

/** The name of the embedding's weight. */
export const neoxEmbedding = 'gpt_neox.embed_in.weight';
/** The name of the head's weight, where it is not the embedding's. */
export const neoxHead = 'embed_out.weight';

/** The final hidden states of token ids [batch, length], as rows [batch · length, width]. */
export function neoxHidden(config: NeoxConfig, network: Network, ids: Tensor, place: Place): Tensor {
  let rows = embed(network.parts(neoxEmbedding), ids);
  // What a block made on the way and no gradient needs is freed at its end.
  for (let layer = 0; layer < config.layers; layer++) rows = tf.tidy(() => block(config, network, layer, rows, place));
  return norm(config, network, rows, 'gpt_neox.final_layer_norm');
}

function block(config: NeoxConfig, network: Network, layer: number, rows: Tensor, place: Place): Tensor {
  const at = `gpt_neox.layers.${layer}`;
  const read = norm(config, network, rows, `${at}.input_layernorm`);
  const projected = network.linear(read, `${at}.attention.query_key_value`);
  const attended = network.linear(attention(config, layer, projected, place), `${at}.attention.dense`);
  const afterAttention = add(rows, attended);
  const mlpInput = config.parallelResidual ? rows : afterAttention;
  const middle = norm(config, network, mlpInput, `${at}.post_attention_layernorm`);
  const expanded = gelu(network.linear(middle, `${at}.mlp.dense_h_to_4h`));
  return add(afterAttention, network.linear(expanded, `${at}.mlp.dense_4h_to_h`));
}

/** Self-attention from rows in which each head's queries, keys and values lie side by side. */
function attention(config: NeoxConfig, layer: number, projected: Tensor, place: Place): Tensor {
  const { heads, headWidth } = config;
  if (!isComposed(place)) return fusedAttention([projected], { heads, keyValueHeads: heads, headWidth }, place);
  const [queries, keys, values] = tf.split(splitHeads(projected, heads, place), 3, -1);
  return selfAttention(layer, queries, keys, values, place);
}

function norm(config: NeoxConfig, network: Network, rows: Tensor, name: string): Tensor {
  return layerNorm(rows, network.weight(`${name}.weight`), network.weight(`${name}.bias`), config.normEpsilon);
}
