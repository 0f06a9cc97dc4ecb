import * as tf from '@tensorflow/tfjs-core';
import { preferenceLossOf } from '../../preference-loss/index.js';
import type { Arithmetic, PreferenceLossSettings } from '../../preference-loss/preference-loss.js';

/** Tensors of one number for each pair. −log σ(x) as softplus(−x): tfjs's own logSigmoid has no gradient there. */
const tensors: Arithmetic<tf.Tensor1D> = {
  scaled: (x, factor) => tf.mul(x, factor),
  shifted: (x, constant) => tf.add(x, constant),
  sum: (a, b) => tf.add(a, b),
  square: (x) => tf.square(x),
  softplus: (x) => tf.softplus(x),
};

/**
 * The preference loss of each pair, shape [pairs].
 * @param margin what the loss compares (src/preference-loss), shape [pairs]
 */
export function preferenceLoss(margin: tf.Tensor1D, settings: PreferenceLossSettings): tf.Tensor1D {
  return preferenceLossOf(settings).value(tensors, margin, settings);
}
