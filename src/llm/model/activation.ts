import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { activation, hasKernel } from '../../engine/fused-kernels.js';
import { apply, type Operation } from './custom-gradient.js';

/** x Φ(x), Φ the standard normal distribution function: the exact, erf form. */
export function gelu(x: Tensor): Tensor {
  return hasKernel('Gelu') ? activation('Gelu', x) : apply(geluOperation, x);
}

const geluOperation: Operation = {
  forward: (x) => ({ value: tf.mul(x, normalDistribution(x)), saved: [x] }),
  backward: (dy, [x]) => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [tf.mul(dy, tf.add(normalDistribution(x), tf.mul(x, density)))];
  },
};

function normalDistribution(x: Tensor): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/**
 * The tanh form of gelu, x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³), computed as x σ(2u), which is the same.
 * Source: Hendrycks and Gimpel (arXiv 1606.08415); `gelu_new` of HF transformers.
 */
export function geluTanh(x: Tensor): Tensor {
  return apply(geluTanhOperation, x);
}

const geluTanhOperation: Operation = {
  forward: (x) => ({ value: tf.mul(x, tf.sigmoid(geluTanhInner(x))), saved: [x] }),
  backward: (dy, [x]) => {
    const share = tf.sigmoid(geluTanhInner(x));
    const slope = tf.add(tf.mul(tf.square(x), 3 * geluCubic * geluScale), geluScale);
    const change = tf.mul(tf.mul(x, slope), tf.mul(share, tf.sub(1, share)));
    return [tf.mul(dy, tf.add(share, change))];
  },
};
const geluScale = 2 * Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;

/** 2u. */
function geluTanhInner(x: Tensor): Tensor {
  return tf.mul(x, tf.add(tf.mul(tf.square(x), geluCubic * geluScale), geluScale));
}

/** x σ(x), σ the logistic function. */
export function silu(x: Tensor): Tensor {
  return hasKernel('Silu') ? activation('Silu', x) : apply(siluOperation, x);
}

const siluOperation: Operation = {
  forward: (x) => ({ value: tf.mul(x, tf.sigmoid(x)), saved: [x] }),
  backward: (dy, [x]) => {
    const logistic = tf.sigmoid(x);
    return [tf.mul(dy, tf.mul(logistic, tf.add(1, tf.mul(x, tf.sub(1, logistic)))))];
  },
};
