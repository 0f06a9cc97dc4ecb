import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { silu } from './activation.js';
import { add } from './custom-gradient.js';
import type { LlamaConfig } from './config.js';
import { embed, fusedAttention, isComposed, selfAttention, splitHeads, type Network, type Place } from './network.js';
import { rootMeanSquareNorm } from './norm.js';

/** The names and shapes of a Llama model's tensors, as in HF checkpoints. */
export function llamaShapes(config: LlamaConfig): Map<string, number[]> {
  const { width, intermediateWidth, vocabularySize, heads, keyValueHeads, headWidth, attentionBias, mlpBias } = config;
  const shapes = new Map<string, number[]>([[llamaEmbedding, [vocabularySize, width]]]);
  const linear = (name: string, outputs: number, inputs: number, bias: boolean): void => {
    shapes.set(`${name}.weight`, [outputs, inputs]);
    if (bias) shapes.set(`${name}.bias`, [outputs]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    shapes.set(`${at}.input_layernorm.weight`, [width]);
    shapes.set(`${at}.post_attention_layernorm.weight`, [width]);
    linear(`${at}.self_attn.q_proj`, heads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.k_proj`, keyValueHeads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.v_proj`, keyValueHeads * headWidth, width, attentionBias);
    linear(`${at}.self_attn.o_proj`, width, heads * headWidth, attentionBias);
    linear(`${at}.mlp.gate_proj`, intermediateWidth, width, mlpBias);
    linear(`${at}.mlp.up_proj`, intermediateWidth, width, mlpBias);
    linear(`${at}.mlp.down_proj`, width, intermediateWidth, mlpBias);
  }
  shapes.set('model.norm.weight', [width]);
  if (!config.tiedHead) shapes.set(llamaHead, [vocabularySize, width]);
  return shapes;
}

/** The name of the embedding's weight. */
export const llamaEmbedding = 'model.embed_tokens.weight';
/** The name of the head's weight, where it is not the embedding's. */
export const llamaHead = 'lm_head.weight';

/** The final hidden states of token ids [batch, length], as rows [batch · length, width]. */
export function llamaHidden(config: LlamaConfig, network: Network, ids: Tensor, place: Place): Tensor {
  let rows = embed(network.parts(llamaEmbedding), ids);
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
