import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, squareSum } from '../../engine/fused-kernels.js';

/** The Euclidean norm of some tensors taken together, each made when its square is taken. */
export function norm(tensors: readonly (() => tf.Tensor)[]): tf.Scalar {
  return tf.tidy(() => {
    const squares = tensors.map((tensor) =>
      tf.tidy(() =>
        hasKernel('SquareSum') ? (squareSum(tensor()) as tf.Scalar) : tf.sum<tf.Scalar>(tf.square(tensor())),
      ),
    );
    // One by one: tfjs's addN binds a buffer for each tensor, and a GPU takes as few as 8.
    return tf.sqrt(squares.reduce((sum, square) => tf.add<tf.Scalar>(sum, square)));
  });
}

/** The Euclidean norm of some gradients taken together. */
export function globalNorm(gradients: ReadonlyMap<string, tf.Tensor>): tf.Scalar {
  return norm(Array.from(gradients.values(), (gradient) => () => gradient));
}

/** The gradients times min(1, maximum / (norm + 1e-6)), as PyTorch's clip_grad_norm_; the inputs are disposed. */
export function clipped(
  gradients: ReadonlyMap<string, tf.Tensor>,
  norm: tf.Scalar,
  maximum: number,
): Map<string, tf.Tensor> {
  const scaled = tf.tidy(() => {
    const scale = tf.minimum(1, tf.div(maximum, tf.add(norm, 1e-6)));
    return Array.from(gradients.values(), (gradient) => tf.mul(gradient, scale));
  });
  tf.dispose([...gradients.values()]);
  return new Map([...gradients.keys()].map((name, index) => [name, scaled[index]]));
}
