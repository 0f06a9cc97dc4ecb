import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';
import { adaptiveRule, adaptiveStep, stepSizes } from '../../schedule/step-size.js';
import { norm } from './clipping.js';
import type { Optimiser } from './optimiser.js';
import { copied } from './stage-two/kept.js';

/** Plain steps along the gradient: no moments, no clipping. */
export interface SubgradientSettings {
  /** A rule of step sizes as `forgetting run` takes it: a number, an expression of t and T, `linear:α0`, or `adaptive`. */
  readonly stepSize: string;
  /** How far, as a Euclidean distance over all of them, the trained variables may go from their start. */
  readonly radius?: number;
}

/** α of step t, told Σ ‖g_s‖² of the steps up to and with it. */
export type StepSizeRule = (step: number, squares: number) => number;

/**
 * The rule of step sizes that settings denote, over a number of steps.
 * Throws an InputError where it is none, where the radius is no number > 0, and where adaptive steps have no radius.
 */
export function stepSizeRule({ stepSize, radius = Infinity }: SubgradientSettings, steps: number): StepSizeRule {
  if (!(radius > 0)) throw new InputError('radius', radius, 'a number > 0');
  if (stepSize.trim() !== adaptiveRule) {
    const sizes = stepSizes(stepSize, steps);
    return (step) => sizes[step - 1];
  }
  if (radius === Infinity) {
    throw new InputError('step-size', stepSize, 'a radius with it: adaptive steps need the radius of a ball');
  }
  return (_, squares) => adaptiveStep(radius, squares);
}

/**
 * Steps θ ← Π(θ − αg), Π the projection onto the ball of the given radius around the variables as they are now: of a run
 * that is resumed, as they were at its start. Without a radius nothing is projected.
 */
export function projectedSubgradient(trainable: ReadonlyMap<string, tf.Variable>, radius = Infinity): Optimiser {
  const start = radius < Infinity ? copied(trainable) : undefined;
  return {
    tensors: {},
    updates: 0,
    async step(gradients, stepSize) {
      tf.tidy(() => {
        for (const [name, variable] of trainable) {
          const gradient = gradients.get(name);
          if (gradient !== undefined) variable.assign(tf.sub(variable, tf.mul(gradient, stepSize)));
        }
      });
      if (start === undefined) return undefined;
      const distance = await distanceOf(trainable, start);
      if (distance > radius) shrink(trainable, start, radius / distance);
      return Math.min(distance, radius);
    },
    reset: () => undefined,
    dispose() {
      tf.dispose([...(start?.values() ?? [])]);
    },
  };
}

type Variables = ReadonlyMap<string, tf.Variable>;

function startOf(start: Variables, name: string): tf.Variable {
  const value = start.get(name);
  if (value === undefined) throw new Error(`no start of the variable "${name}"`);
  return value;
}

/** ‖θ − θ_1‖. */
async function distanceOf(trainable: Variables, start: Variables): Promise<number> {
  const scalar = norm(
    Array.from(
      trainable,
      ([name, variable]) =>
        () =>
          tf.sub(variable, startOf(start, name)),
    ),
  );
  const [distance] = await scalar.data();
  scalar.dispose();
  return distance;
}

/** θ ← θ_1 + factor · (θ − θ_1). */
function shrink(trainable: Variables, start: Variables, factor: number): void {
  tf.tidy(() => {
    for (const [name, variable] of trainable) {
      const from = startOf(start, name);
      variable.assign(tf.add(from, tf.mul(tf.sub(variable, from), factor)));
    }
  });
}
