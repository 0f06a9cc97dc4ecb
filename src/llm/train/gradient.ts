import * as tf from '@tensorflow/tfjs-core';
import { gradientPass } from '../../engine/gradient-pass.js';
import { tensorBytes as bytesOfTensors } from '../../engine/tensor-bytes.js';
import type { Choice, Gram, ObjectiveName, Pair } from '../../schedule/schedule.js';
import { weightsOf } from '../../schedule/step.js';

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
        tensorBytes = Math.max(tensorBytes, bytesOfTensors());
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

/** A part of an objective's loss. */
export interface ObjectiveLoss {
  readonly objective: ObjectiveName;
  readonly loss: () => tf.Scalar;
  /** The weight of its gradient, where that is not the choice's of the objective. */
  readonly weight?: number;
}

/**
 * The gradient that a choice moves along, the weights of both objectives in it, and each loss's value. Where the weights
 * depend on the gradients, both are held at once; otherwise they are summed as they come.
 */
export async function chosenGradient(
  trainable: ReadonlyMap<string, tf.Variable>,
  choice: Choice,
  losses: readonly ObjectiveLoss[],
): Promise<ReturnType<typeof weightedGradient> & { weights: Pair }> {
  if (!('weigh' in choice)) {
    const weighted = losses.map(({ objective, loss, weight = choice[objective] }) => ({ loss, weight }));
    return { ...weightedGradient(trainable, weighted), weights: { dpo: choice.dpo, sft: choice.sft } };
  }
  const of = (name: ObjectiveName): ReturnType<typeof weightedGradient> =>
    weightedGradient(
      trainable,
      losses.flatMap(({ objective, loss }) => (objective === name ? [{ loss, weight: 1 }] : [])),
    );
  const [dpo, sft] = [of('dpo'), of('sft')];
  const gram = await gramOf(dpo.gradients, sft.gradients);
  const weights = weightsOf(choice, () => gram);
  const gradients = new Map(
    Array.from(dpo.gradients, ([name, gradient]): [string, tf.Tensor] => {
      const other = sft.gradients.get(name);
      const sum = tf.tidy(() => {
        const own = tf.mul(gradient, weights.dpo);
        return other === undefined ? own : tf.add(own, tf.mul(other, weights.sft));
      });
      return [name, sum];
    }),
  );
  tf.dispose([...dpo.gradients.values(), ...sft.gradients.values()]);
  return {
    values: [...dpo.values, ...sft.values],
    gradients,
    tensorBytes: Math.max(dpo.tensorBytes, sft.tensorBytes),
    weights,
  };
}

/** The inner products of two gradients, each a tensor for every variable. */
async function gramOf(dpo: ReadonlyMap<string, tf.Tensor>, sft: ReadonlyMap<string, tf.Tensor>): Promise<Gram> {
  const inner = async (a: ReadonlyMap<string, tf.Tensor>, b: ReadonlyMap<string, tf.Tensor>): Promise<number> => {
    let sum = 0;
    for (const [name, one] of a) {
      const other = b.get(name);
      if (other === undefined) continue;
      const product = tf.tidy(() => tf.sum(tf.mul(one, other)));
      sum += (await product.data())[0];
      product.dispose();
    }
    return sum;
  };
  return { dpo: await inner(dpo, dpo), sft: await inner(sft, sft), inner: await inner(dpo, sft) };
}
