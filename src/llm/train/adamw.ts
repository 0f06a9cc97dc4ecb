import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, updateInPlace, type AdamwUpdate } from '../../engine/fused-kernels.js';
import type { Optimiser } from './optimiser.js';

/** AdamW's constants; the defaults are the published runs'. */
export interface AdamwSettings {
  readonly beta1?: number;
  readonly beta2?: number;
  /** Added outside the root, after bias correction. */
  readonly epsilon?: number;
  /** Decoupled: each step shrinks the weights by learning rate × decay. */
  readonly weightDecay?: number;
}

/** The optimiser's memory: the updates made, and running means of the gradient and of its square by variable. */
export interface AdamwState {
  updates: number;
  readonly firstMoment: ReadonlyMap<string, tf.Variable>;
  readonly secondMoment: ReadonlyMap<string, tf.Variable>;
}

/** AdamW as the optimiser of the given variables, its moments zero. */
export function adamw(trainable: ReadonlyMap<string, tf.Variable>, settings: AdamwSettings = {}): Optimiser {
  const state = initialAdamw(trainable);
  return {
    tensors: { firstMoment: state.firstMoment, secondMoment: state.secondMoment },
    get updates() {
      return state.updates;
    },
    set updates(updates) {
      state.updates = updates;
    },
    step(gradients, stepSize) {
      adamwStep(trainable, gradients, state, stepSize, settings);
      return Promise.resolve(undefined);
    },
    reset() {
      resetAdamw(state);
    },
    dispose() {
      disposeAdamw(state);
    },
  };
}

/** Zero moments for the given variables. */
export function initialAdamw(trainable: ReadonlyMap<string, tf.Variable>): AdamwState {
  const zeros = (): Map<string, tf.Variable> =>
    new Map(Array.from(trainable, ([name, { shape }]) => [name, zeroVariable(shape)]));
  return { updates: 0, firstMoment: zeros(), secondMoment: zeros() };
}

function zeroVariable(shape: number[]): tf.Variable {
  const start = tf.zeros<tf.Rank>(shape);
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}

/** The state as if no update had been made. */
export function resetAdamw(state: AdamwState): void {
  state.updates = 0;
  for (const moment of [...state.firstMoment.values(), ...state.secondMoment.values()]) {
    tf.tidy(() => {
      moment.assign(tf.zeros(moment.shape));
    });
  }
}

/** Frees the moments. */
export function disposeAdamw(state: AdamwState): void {
  for (const moment of [...state.firstMoment.values(), ...state.secondMoment.values()]) moment.dispose();
}

/**
 * One AdamW update in place (Loshchilov and Hutter 2019): with m and v the running means, corrected for their start,
 * θ ← θ − α·decay·θ − α m̂ / (√v̂ + ε).
 * @param gradients one for each trainable variable, by name
 * @param learningRate α
 */
export function adamwStep(
  trainable: ReadonlyMap<string, tf.Variable>,
  gradients: ReadonlyMap<string, tf.Tensor>,
  state: AdamwState,
  learningRate: number,
  { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0 }: AdamwSettings = {},
): void {
  state.updates += 1;
  const correction1 = 1 - beta1 ** state.updates;
  const correction2 = 1 - beta2 ** state.updates;
  const update = {
    beta1,
    beta2,
    epsilon,
    rate: learningRate / correction1,
    correction2,
    shrinkage: 1 - learningRate * weightDecay,
  };
  tf.tidy(() => {
    for (const [name, parameter] of trainable) {
      const tensors = {
        parameter,
        gradient: held(gradients, name),
        firstMoment: held(state.firstMoment, name),
        secondMoment: held(state.secondMoment, name),
      };
      if (hasKernel('AdamwUpdate')) updateInPlace(tensors, update);
      else composedUpdate(tensors, update);
    }
  });
}

interface UpdatedTensors {
  readonly parameter: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
}

/** The update of one variable by tfjs's own operations. */
function composedUpdate({ parameter, gradient, firstMoment, secondMoment }: UpdatedTensors, update: AdamwUpdate): void {
  const { beta1, beta2, epsilon, rate, correction2, shrinkage } = update;
  tf.tidy(() => {
    firstMoment.assign(tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1)));
    secondMoment.assign(tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const root = tf.add(tf.sqrt(tf.div(secondMoment, correction2)), epsilon);
    const step = tf.div(tf.mul(firstMoment, rate), root);
    const shrunk = shrinkage === 1 ? parameter : tf.mul(parameter, shrinkage);
    parameter.assign(tf.sub(shrunk, step));
  });
}

function held<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`no tensor for the trainable variable "${name}"`);
  return value;
}
