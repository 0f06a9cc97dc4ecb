import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { hasKernel, linear as fused } from '../backend/fused-kernels.js';
import { addToRows } from './custom-gradient.js';

/** rows · weightᵀ + bias: [rows, in] by [out, in] and [out], where there is a bias, to [rows, out]. */
export function linear(rows: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  if (hasKernel('Linear')) return fused(rows, weight, bias);
  const product = tf.matMul(rows, weight, false, true);
  return bias === undefined ? product : addToRows(product, bias);
}
