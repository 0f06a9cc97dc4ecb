import * as tf from '@tensorflow/tfjs-core';
import { gradientPass } from '../../engine/gradient-pass.js';

/** A loss to differentiate and the weight of its gradient. */
export interface WeightedLoss {
  readonly weight: number;
  readonly loss: () => tf.Scalar;
}

/**
 * The weighted sum of the gradients of some losses for each trainable variable, and each loss's value. One loss is
 * differentiated at a time, so only one graph is in memory; a variable that no loss reads gets zeros.
 * `tensorBytes` is the most that all tensors took at the end of a forward pass.
 */
export function weightedGradient(
  trainable: ReadonlyMap<string, tf.Variable>,
  losses: readonly WeightedLoss[],
): { values: tf.Scalar[]; gradients: Map<string, tf.Tensor>; tensorBytes: number } {
  const variables = [...trainable.values()];
  const values: tf.Scalar[] = [];
  let sums: tf.Tensor[] | undefined;
  let tensorBytes = 0;
  for (const { weight, loss } of losses) {
    const before = sums;
    sums = tf.tidy(() => {
      const measured = (): tf.Scalar => {
        const value = loss();
        tensorBytes = Math.max(tensorBytes, tf.memory().numBytes);
        return value;
      };
      const { value, gradients } = gradientPass(measured, variables);
      values.push(tf.keep(value));
      return variables.map((variable, index) => {
        const gradient = gradients[index] ?? tf.zeros(variable.shape);
        const weighted = weight === 1 ? gradient : tf.mul(gradient, weight);
        return before === undefined ? weighted : tf.add(before[index], weighted);
      });
    });
    tf.dispose(before ?? []);
  }
  const gradients = new Map([...trainable.keys()].map((name, index) => [name, (sums ?? [])[index]]));
  return { values, gradients, tensorBytes };
}
