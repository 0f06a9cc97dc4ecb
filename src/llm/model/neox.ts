import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu } from './activation.js';
import type { NeoxConfig } from './config.js';
import { embed, selfAttention, splitHeads, type Network, type Place } from './network.js';
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

export const neoxEmbedding = 'gpt_neox.embed_in.weight';
export const neoxHead = 'embed_out.weight';

/** The final hidden states of token ids [batch, length], as rows [batch · length, width]. */
export function neoxHidden(config: NeoxConfig, network: Network, ids: Tensor, place: Place): Tensor {
  const norm = (rows: Tensor, name: string): Tensor =>
    layerNorm(rows, network.weight(`${name}.weight`), network.weight(`${name}.bias`), config.normEpsilon);

  let rows = embed(network.weight(neoxEmbedding), ids);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `gpt_neox.layers.${layer}`;
    // A head's queries, keys and values lie side by side.
    const fused = splitHeads(
      network.linear(norm(rows, `${at}.input_layernorm`), `${at}.attention.query_key_value`),
      config.heads,
      place,
    );
    const [queries, keys, values] = tf.split(fused, 3, -1);
    const attended = network.linear(selfAttention(layer, queries, keys, values, place), `${at}.attention.dense`);
    const afterAttention = tf.add(rows, attended);
    const read = config.parallelResidual ? rows : afterAttention;
    const expanded = gelu(network.linear(norm(read, `${at}.post_attention_layernorm`), `${at}.mlp.dense_h_to_4h`));
    rows = tf.add(afterAttention, network.linear(expanded, `${at}.mlp.dense_4h_to_h`));
  }
  return norm(rows, 'gpt_neox.final_layer_norm');
}
