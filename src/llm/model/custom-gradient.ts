import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** An operation on one tensor that brings its own gradient. */
export interface Operation {
  /** The result, and the tensors that the gradient needs; whatever else was made on the way is freed. */
  forward(x: Tensor): { readonly value: Tensor; readonly saved: Tensor[] };
  /** dL/dx from dL/dvalue and what was saved. */
  backward(dy: Tensor, saved: Tensor[]): Tensor;
}

/**
 * Applies the operation. tfjs would keep the intermediate tensors of both directions until the whole pass ends; here
 * they are freed at once, which is most of a training step's memory.
 */
export function apply(operation: Operation, x: Tensor): Tensor {
  const differentiable = tf.customGrad((input, save) => {
    const { value, saved } = tf.tidy(() => operation.forward(input as Tensor) as { value: Tensor; saved: Tensor[] });
    (save as tf.GradSaveFunc)(saved);
    return { value, gradFunc: (dy, kept) => tf.tidy(() => operation.backward(dy, kept)) };
  });
  return differentiable(x);
}
