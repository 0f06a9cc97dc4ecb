import type { Tensor } from '@tensorflow/tfjs-core';
import { hasKernel, linear as fused } from '../../engine/fused-kernels.js';
import { halfTypeOf, productWith } from '../../engine/half-matrix.js';
import type { LinearLayout } from './architecture/architecture.js';
import { addToRows } from './custom-gradient.js';
import { times, timesTransposed } from './network.js';

/**
 * rows · weightᵀ + bias: [rows, in] by [out, in], held in runs of its rows, and [out], where there is a bias, to
 * [rows, out]. A weight stored as [in, out] is multiplied as it is.
 */
export function linear(
  rows: Tensor,
  weight: readonly Tensor[],
  bias: Tensor | undefined,
  layout: LinearLayout = 'out-in',
): Tensor {
  if (layout === 'out-in' && weight.length === 1 && hasKernel('Linear')) {
    return halfTypeOf(weight[0]) === undefined
      ? fused(rows, weight[0], bias)
      : productWith(rows, weight[0], true, bias);
  }
  const product = layout === 'out-in' ? timesTransposed(rows, weight) : times(rows, weight);
  return bias === undefined ? product : addToRows(product, bias);
}
