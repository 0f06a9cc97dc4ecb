import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';

/**
 * A scalar function's value, and its gradient for each variable (undefined for one it does not depend on). The same
 * as tfjs's own backward pass, except that what the forward pass saved and every gradient in between is freed as soon
 * as it has been used, instead of when the pass ends: about half the memory.
 */
export function gradientPass(
  f: () => Scalar,
  variables: readonly Variable[],
): { value: Scalar; gradients: (Tensor | undefined)[] } {
  const { value, tape } = record(f);
  return { value, gradients: backPropagated(tape, value, tf.onesLike, variables) };
}

/**
 * The gradients of some tensors that a function reads, from that of its value; zeros for one that it does not depend on.
 * To be called where no tape is being recorded, as in a backward pass.
 */
export function pullback(f: () => Tensor, inputs: readonly Tensor[], dy: Tensor): Tensor[] {
  const { value, tape } = record(f);
  const gradients = backPropagated(tape, value, () => tf.clone(dy), inputs);
  value.dispose();
  return gradients.map((gradient, i) => gradient ?? tf.zeros(inputs[i].shape));
}

/** The gradients of variables along a tape that ends in a value; its records are freed. */
function backPropagated(
  tape: readonly TapeNode[],
  value: Tensor,
  begin: (value: Tensor) => Tensor,
  variables: readonly Tensor[],
): (Tensor | undefined)[] {
  const dependent = dependentTensors(tape, variables);
  const gradientOf = new Map<number, Tensor>();
  tf.tidy(() => {
    gradientOf.set(value.id, begin(value));
    for (const node of tape) if (!isDependent(node, dependent)) tf.dispose(node.saved ?? []);
    for (const node of tape.toReversed()) {
      if (!isDependent(node, dependent)) continue;
      if (node.outputs.some(({ id }) => gradientOf.has(id))) propagate(node, dependent, gradientOf);
      tf.dispose(node.saved ?? []);
    }
    return variables.flatMap(({ id }) => gradientOf.get(id) ?? []);
  });
  return variables.map(({ id }) => gradientOf.get(id));
}

/** The value of f and the record of what it did, with what was saved on the way. */
function record<Value extends Tensor>(f: () => Value): { value: Value; tape: TapeNode[] } {
  const { state } = tf.engine();
  const tape: TapeNode[] = [];
  state.activeTape = tape;
  state.gradientDepth++;
  try {
    return { value: tf.tidy(f), tape };
  } catch (error) {
    for (const node of tape) tf.dispose(node.saved ?? []);
    throw error;
  } finally {
    state.gradientDepth--;
    state.activeTape = [];
  }
}

type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];

/** The ids of everything computed from the variables, and of the variables. */
function dependentTensors(tape: readonly TapeNode[], variables: readonly Tensor[]): Set<number> {
  const dependent = new Set(variables.map(({ id }) => id));
  for (const node of tape) if (isDependent(node, dependent)) for (const { id } of node.outputs) dependent.add(id);
  return dependent;
}

function isDependent(node: TapeNode, dependent: ReadonlySet<number>): boolean {
  return Object.values(node.inputs).some(({ id }) => dependent.has(id));
}

/** Adds a node's contribution to the gradients of its inputs, and frees those of its outputs. */
function propagate(node: TapeNode, dependent: ReadonlySet<number>, gradientOf: Map<number, Tensor>): void {
  const { gradient, inputs, outputs } = node;
  if (gradient === undefined) throw new Error(`no gradient is registered for ${node.kernelName}`);
  const dys = outputs.map(({ id }) => gradientOf.get(id) ?? null) as Tensor[];
  const names = Object.keys(inputs).filter((name) => dependent.has(inputs[name].id));
  // A clone costs nothing, and may be freed when what it was made of is still in use.
  const contributions = tf.tidy(() => {
    const byName = gradient(dys);
    return names.map((name) => tf.clone(byName[name]()));
  });
  for (const { id } of outputs) {
    tf.dispose(gradientOf.get(id) ?? []);
    gradientOf.delete(id);
  }
  names.forEach((name, i) => {
    const { id } = inputs[name];
    const before = gradientOf.get(id);
    gradientOf.set(id, before === undefined ? contributions[i] : tf.add(before, contributions[i]));
    if (before !== undefined) tf.dispose([before, contributions[i]]);
  });
}
