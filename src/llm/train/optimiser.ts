import type * as tf from '@tensorflow/tfjs-core';

/** The tensors that an optimiser keeps between steps, by variable name; a checkpoint holds them. */
export interface OptimiserTensors {
  readonly firstMoment?: ReadonlyMap<string, tf.Variable>;
  readonly secondMoment?: ReadonlyMap<string, tf.Variable>;
}

/** What turns gradients into steps of some trained variables, and what it keeps between them. */
export interface Optimiser {
  readonly tensors: OptimiserTensors;
  /** The updates made since its memory was empty. */
  updates: number;
  /**
   * Moves the variables.
   * @param gradients one for each trained variable, by name
   * @param stepSize α
   * @returns how far from their start the variables are now, where it holds them near
   */
  step(gradients: ReadonlyMap<string, tf.Tensor>, stepSize: number): Promise<number | undefined>;
  /** Empties its memory, as if no step had been taken. */
  reset(): void;
  /** Frees what it keeps. */
  dispose(): void;
}
