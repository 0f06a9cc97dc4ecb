import * as tf from '@tensorflow/tfjs-core';

/** What holds a run to the end of stage one: (l2/2)‖θ − θ_1‖² + (ewc/2) Σ F_i (θ − θ_1)_i². */
export interface Anchor {
  /** θ_1, by variable name. */
  readonly stageOne: ReadonlyMap<string, tf.Tensor>;
  readonly l2: number;
  readonly ewc: number;
  /** F, where `ewc` is not 0. */
  readonly fisher: ReadonlyMap<string, tf.Tensor> | undefined;
}

/** The gradients with those of the anchor added, whose own are disposed, and the anchor's value. */
export function withAnchor(
  trainable: ReadonlyMap<string, tf.Variable>,
  gradients: ReadonlyMap<string, tf.Tensor>,
  { stageOne, l2, ewc, fisher }: Anchor,
): { gradients: Map<string, tf.Tensor>; value: tf.Scalar } {
  const sums = new Map<string, tf.Tensor>();
  const value = tf.tidy(() => {
    const values: tf.Scalar[] = [];
    for (const [name, gradient] of gradients) {
      const [variable, anchor, weight] = [trainable.get(name), stageOne.get(name), fisher?.get(name)];
      if (variable === undefined || anchor === undefined) throw new Error(`no anchor of the variable "${name}"`);
      const distance = tf.sub(variable, anchor);
      const pull = tf.mul(distance, weight === undefined ? l2 : tf.add(tf.mul(weight, ewc), l2));
      sums.set(name, tf.keep(tf.add(gradient, pull)));
      values.push(tf.mul(tf.sum<tf.Scalar>(tf.mul(distance, pull)), 0.5));
    }
    return values.reduce((sum, one) => tf.add<tf.Scalar>(sum, one));
  });
  tf.dispose([...gradients.values()]);
  return { gradients: sums, value };
}
