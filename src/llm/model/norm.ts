import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** (x − mean) / sqrt(variance + epsilon) · weight + bias along the last axis, with the biased variance. */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  return tf.add(tf.mul(normalised(centred, epsilon), weight), bias);
}

/** x / sqrt(mean x² + epsilon) · weight along the last axis. */
export function rootMeanSquareNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return tf.mul(normalised(x, epsilon), weight);
}

/** x / sqrt(mean x² + epsilon) along the last axis. */
function normalised(x: Tensor, epsilon: number): Tensor {
  const operation = tf.customGrad((input, save) => {
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(input as Tensor), -1, true), epsilon));
    const value = tf.mul(input as Tensor, scale);
    (save as tf.GradSaveFunc)([value, scale]);
    return {
      value,
      // d/dx of x·s(x) is s(I − y yᵀ/n).
      gradFunc: (dy, [y, s]) => tf.mul(s, tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true)))),
    };
  });
  return operation(x);
}
