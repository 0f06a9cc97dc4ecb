import * as tf from '@tensorflow/tfjs-core';
import { halfTypeOf } from '../../engine/half-matrix.js';
import type { StoredAdapter } from './adapter.js';
import { variableOf } from './assemble.js';
import { createDecoder, frozenMatrices } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import { wholeTensors } from './parts.js';

/**
 * A model under an adapter, on the weights of one that is on the backend, which keeps them: `dispose` frees the factors alone.
 * Undefined where the adapter computes with a matrix that is held in halves, as DoRA does, and not only multiplies with it.
 */
export function onWeightsOf(
  { config, weights }: LanguageModel,
  { lora, factors }: StoredAdapter,
): LanguageModel | undefined {
  const multiplied = frozenMatrices(config, lora);
  for (const [name, { parts }] of wholeTensors(weights)) {
    if (!multiplied.has(name) && parts.some(({ tensor }) => halfTypeOf(tensor) !== undefined)) return undefined;
  }
  const trainable = new Map(
    Array.from(factors, ([name, { shape, values }]) => [name, variableOf(tf.tensor(values, [...shape], 'float32'))]),
  );
  return {
    ...createDecoder({ config, weights, trainable, lora }),
    dispose: () => {
      tf.dispose([...trainable.values()]);
    },
  };
}
