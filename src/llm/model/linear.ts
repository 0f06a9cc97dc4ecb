import type { Tensor } from '@tensorflow/tfjs-core';
import { hasKernel, linear as fused } from '../../engine/fused-kernels.js';
import { addToRows } from './custom-gradient.js';
import { timesTransposed } from './network.js';

/**
 * rows · weightᵀ + bias: [rows, in] by [out, in], held in runs of its rows, and [out], where there is a bias, to
 * [rows, out].
 */
export function linear(rows: Tensor, weight: readonly Tensor[], bias: Tensor | undefined): Tensor {
  if (weight.length === 1 && hasKernel('Linear')) return fused(rows, weight[0], bias);
  const product = timesTransposed(rows, weight);
  return bias === undefined ? product : addToRows(product, bias);
}
