import * as tf from '@tensorflow/tfjs-core';

/** Copies of the trained variables that a run keeps beside them, by variable name. */
export interface Kept {
  /** The variables where stage one ended. */
  stageOne?: ReadonlyMap<string, tf.Variable>;
  /** The diagonal of the Fisher matrix there. */
  fisher?: ReadonlyMap<string, tf.Variable>;
  /** The variables at the best evaluation so far. */
  best?: ReadonlyMap<string, tf.Variable>;
}

/** The same numbers in memory of their own: a clone would share its, and optimisers write over variables in place. */
function duplicate(tensor: tf.Tensor): tf.Tensor {
  return tf.mul(tensor, 1);
}

/** A copy of variables, each in memory of its own. */
export function copied(variables: ReadonlyMap<string, tf.Variable>): ReadonlyMap<string, tf.Variable> {
  return new Map(
    Array.from(variables, ([name, variable]) => [name, tf.tidy(() => tf.variable(duplicate(variable), false))]),
  );
}

/** Gives variables the values of others. */
export function assignAll(to: ReadonlyMap<string, tf.Variable>, from: ReadonlyMap<string, tf.Tensor>): void {
  tf.tidy(() => {
    for (const [name, variable] of to) {
      const value = from.get(name);
      if (value === undefined) throw new Error(`no value of the variable "${name}"`);
      variable.assign(duplicate(value));
    }
  });
}

/** What a function gives while variables have other values; they have their own again afterwards. */
export async function under<Value>(
  variables: ReadonlyMap<string, tf.Variable>,
  values: ReadonlyMap<string, tf.Tensor>,
  compute: () => Promise<Value>,
): Promise<Value> {
  const own = copied(variables);
  try {
    assignAll(variables, values);
    return await compute();
  } finally {
    assignAll(variables, own);
    tf.dispose([...own.values()]);
  }
}

/** Frees what is kept. */
export function disposeKept({ stageOne, fisher, best }: Kept): void {
  for (const variables of [stageOne, fisher, best]) tf.dispose([...(variables?.values() ?? [])]);
}
