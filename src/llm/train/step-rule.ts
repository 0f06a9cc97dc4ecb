import type * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../base/input-error.js';
import type { Pair } from '../../schedule/schedule.js';
import { adamw, type AdamwSettings } from './adamw.js';
import { learningRateAt, type LearningRateSettings } from './learning-rate.js';
import type { Optimiser } from './optimiser.js';
import { projectedSubgradient, stepSizeRule, type SubgradientSettings } from './projected-subgradient.js';

/** What decides how a training steps along its gradients: AdamW's settings, or those of plain projected steps. */
export interface StepRuleSettings {
  readonly learningRate?: LearningRateSettings;
  readonly adamw?: AdamwSettings;
  /** The largest gradient norm, by default 1; longer gradients are shortened to it before AdamW. */
  readonly maximumNorm?: number;
  /** AdamW's moments start anew where a run goes over to the other objective. */
  readonly resetOptimizer?: boolean;
  /** Plain projected steps in place of AdamW's: none of the settings above has a meaning beside them. */
  readonly subgradient?: SubgradientSettings;
}

/** What a training's steps are made by. */
export interface StepRule {
  /** α of a step along gradients of the given weights, told Σ ‖g_s‖² of the steps up to and with it. */
  readonly stepSize: (step: number, weights: Pair, squares: number) => number;
  /** Longer gradients are shortened to it; infinite where none is. */
  readonly maximumNorm: number;
  /** The optimiser of a model's trained variables at their start. */
  readonly optimiser: (trainable: ReadonlyMap<string, tf.Variable>) => Optimiser;
}

/**
 * The steps that settings ask for over a run.
 * Throws an InputError where they ask for AdamW and for plain steps at once or for neither, or plain steps have bad settings.
 * @param stageTwo the first step of stage two and the learning rate there, where it has one of its own
 */
export function stepRule(
  settings: StepRuleSettings,
  steps: number,
  stageTwo?: { readonly begin: number; readonly learningRate: number },
): StepRule {
  const { learningRate: rate, maximumNorm = 1, subgradient } = settings;
  if (subgradient !== undefined) {
    const { adamw: constants, resetOptimizer } = settings;
    const given = { learningRate: rate, adamw: constants, maximumNorm: settings.maximumNorm };
    const others = {
      ...given,
      ...(resetOptimizer === true && { resetOptimizer }),
      ...(stageTwo && { 'stageTwo.learningRate': stageTwo.learningRate }),
    };
    for (const [name, value] of Object.entries(others)) {
      if (value !== undefined)
        throw new InputError(name, value, 'it to be left out with subgradient: it is a setting of AdamW');
    }
    const size = stepSizeRule(subgradient, steps);
    return {
      stepSize: (step, _, squares) => size(step, squares),
      maximumNorm: Infinity,
      optimiser: (trainable) => projectedSubgradient(trainable, subgradient.radius),
    };
  }
  if (rate === undefined) throw new InputError('learningRate', rate, 'one, or subgradient in its place');
  return {
    stepSize: (step, weights) => {
      const learningRate = stageTwo !== undefined && step >= stageTwo.begin ? stageTwo.learningRate : rate.learningRate;
      return learningRateAt({ ...rate, learningRate }, step, steps, weights);
    },
    maximumNorm,
    optimiser: (trainable) => adamw(trainable, settings.adamw),
  };
}
