import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** x Φ(x), Φ the standard normal distribution function: the exact, erf form. */
export function gelu(x: Tensor): Tensor {
  const operation = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as Tensor]);
    return {
      value: tf.mul(input as Tensor, normalDistribution(input as Tensor)),
      gradFunc: (dy, [saved]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(saved), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(normalDistribution(saved), tf.mul(saved, density)));
      },
    };
  });
  return operation(x);
}

function normalDistribution(x: Tensor): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** x σ(x), σ the logistic function. */
export function silu(x: Tensor): Tensor {
  const operation = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as Tensor]);
    return {
      value: tf.mul(input as Tensor, tf.sigmoid(input as Tensor)),
      gradFunc: (dy, [saved]) => {
        const logistic = tf.sigmoid(saved);
        return tf.mul(dy, tf.mul(logistic, tf.add(1, tf.mul(saved, tf.sub(1, logistic)))));
      },
    };
  });
  return operation(x);
}
