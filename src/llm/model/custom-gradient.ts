import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sumRows } from '../../engine/sum-rows.js';

/** An operation that brings its own gradient. */
export interface Operation {
  /** The result, and the tensors that the gradient needs; whatever else was made on the way is freed. */
  forward(...inputs: Tensor[]): { readonly value: Tensor; readonly saved: Tensor[] };
  /** dL/dinput for every input, from dL/dvalue and what was saved. */
  backward(dy: Tensor, saved: Tensor[]): Tensor[];
}

/**
 * Applies the operation. tfjs would keep the intermediate tensors of both directions until the whole pass ends, and
 * for most kernels their inputs, if only to know their shapes; here they are freed at once, which is most of a
 * training step's memory.
 */
export function apply(operation: Operation, ...inputs: Tensor[]): Tensor {
  const differentiable = tf.customGrad((...all) => {
    const save = all.pop() as tf.GradSaveFunc;
    const { value, saved } = tf.tidy(
      () => operation.forward(...(all as Tensor[])) as { value: Tensor; saved: Tensor[] },
    );
    save(saved);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => tf.tidy(() => operation.backward(dy, kept)) };
  });
  return differentiable(...inputs);
}

/** The same values in another shape. */
export function reshape(x: Tensor, shape: number[]): Tensor {
  const before = x.shape;
  const operation: Operation = {
    forward: (input) => ({ value: tf.reshape(input, shape), saved: [] }),
    backward: (dy) => [tf.reshape(dy, before)],
  };
  return apply(operation, x);
}

/** The sum of two tensors of one shape. */
export function add(a: Tensor, b: Tensor): Tensor {
  return apply(addition, a, b);
}

const addition: Operation = {
  forward: (a, b) => ({ value: tf.add(a, b), saved: [] }),
  backward: (dy) => [dy, tf.clone(dy)],
};

/** Rows with a vector added to each. A vector that is no variable gets no gradient. */
export function addToRows(rows: Tensor, vector: Tensor): Tensor {
  const trained = vector instanceof tf.Variable;
  const operation: Operation = {
    forward: (x, v = vector) => ({ value: tf.add(x, v), saved: [] }),
    backward: (dy) => (trained ? [dy, sumRows(dy)] : [dy]),
  };
  return trained ? apply(operation, rows, vector) : apply(operation, rows);
}

/** Rows multiplied elementwise by a vector. A vector that is no variable gets no gradient. */
export function scaleRows(rows: Tensor, vector: Tensor): Tensor {
  const trained = vector instanceof tf.Variable;
  const operation: Operation = {
    forward: (x, v = vector) => ({ value: tf.mul(x, v), saved: trained ? [v, x] : [v] }),
    backward: (dy, [v, x]) => (trained ? [tf.mul(dy, v), sumRows(tf.mul(dy, x))] : [tf.mul(dy, v)]),
  };
  return trained ? apply(operation, rows, vector) : apply(operation, rows);
}
