import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { hasKernel, normalised } from '../../engine/fused-kernels.js';
import { addToRows, apply, scaleRows } from './custom-gradient.js';

/** (x − mean) / sqrt(variance + epsilon) · weight + bias along the last axis, with the biased variance. */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  if (hasKernel('Norm')) return normalised(x, weight, bias, epsilon);
  return addToRows(scaleRows(standardised(x, epsilon, true), weight), bias);
}

/** x / sqrt(mean x² + epsilon) · weight along the last axis. */
export function rootMeanSquareNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  if (hasKernel('Norm')) return normalised(x, weight, undefined, epsilon);
  return scaleRows(standardised(x, epsilon, false), weight);
}

/** x / sqrt(mean x² + epsilon) along the last axis, of x less its mean where `centre` is set. */
function standardised(x: Tensor, epsilon: number, centre: boolean): Tensor {
  const centred = (t: Tensor): Tensor => (centre ? tf.sub(t, tf.mean(t, -1, true)) : t);
  return apply(
    {
      forward: (input) => {
        const deviation = centred(input);
        const scale = tf.rsqrt(tf.add(tf.mean(tf.square(deviation), -1, true), epsilon));
        const value = tf.mul(deviation, scale);
        return { value, saved: [value, scale] };
      },
      // d/dx of x·s(x) is s(I − y yᵀ/n); centring is its own transpose.
      backward: (dy, [y, s]) => [centred(tf.mul(s, tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true)))))],
    },
    x,
  );
}
