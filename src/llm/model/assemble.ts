import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { nextTurn } from '../../next-turn.js';
import type { StoredAdapter } from './adapter.js';
import type { ModelConfig } from './config.js';
import { createDecoder, weightShapes } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import { initialFactor, loraShapes, peftName, type LoraOptions } from './lora.js';

/**
 * Puts a model's tensors onto the current backend.
 * @param values the numbers of each tensor by HF name, asked for once each
 * @param trained an adapter, or every weight; by default nothing is trainable
 */
export async function assembleModel(
  config: ModelConfig,
  values: (name: string) => Float32Array,
  trained?: StoredAdapter | 'every weight',
): Promise<LanguageModel> {
  const adapter = trained === 'every weight' ? undefined : trained;
  const trainable = new Map<string, Variable>();
  for (const [name, factor] of adapter?.factors ?? []) trainable.set(name, variable(factor.values, factor.shape));
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    if (trained === 'every weight') trainable.set(name, variable(values(name), shape));
    weights.set(name, trainable.get(name) ?? tf.tensor(values(name), shape, 'float32'));
    // Loading can take minutes: between tensors an interrupt is heard.
    await nextTurn();
  }
  return createDecoder({ config, weights, trainable, lora: adapter?.lora });
}

/** An adapter that changes nothing yet. */
export function freshAdapter(options: LoraOptions, shapes: ReadonlyMap<string, readonly number[]>): StoredAdapter {
  const { rank, alpha, targets } = options;
  const factors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const shape of loraShapes(shapes, targets)) {
    const { module, inputs, outputs } = shape;
    factors.set(peftName(module, 'A'), { shape: [rank, inputs], values: initialFactor(shape, options) });
    factors.set(peftName(module, 'B'), { shape: [outputs, rank], values: new Float32Array(outputs * rank) });
  }
  return { lora: { rank, alpha, targets }, factors };
}

function variable(values: Float32Array, shape: readonly number[]): Variable {
  const start = tf.tensor(values, [...shape], 'float32');
  const result = tf.variable(start);
  start.dispose();
  return result;
}
