import { InputError } from '../../base/input-error.js';
import type { Pair } from '../../schedule/schedule.js';

/** The forms that a learning rate may have after its warm-up: with "linear" and "cosine" it falls to 0. */
export const decays = ['constant', 'linear', 'cosine'] as const;
export type Decay = (typeof decays)[number];

/** The learning rate over a run. */
export interface LearningRateSettings {
  readonly learningRate: number;
  /** Steps over which the rate rises linearly to its full value. */
  readonly warmup?: number;
  /** What the rate does over the steps after the warm-up; by default it stays. */
  readonly decay?: Decay;
  /**
   * A factor for each objective, 1 unless given: a step on one objective takes its own, a step on both the mean of the
   * two, weighted as their gradients are.
   */
  readonly factors?: Pair;
}

/** The learning rate of step t = 1 … steps along gradients of the given weights. */
export function learningRateAt(settings: LearningRateSettings, step: number, steps: number, weights: Pair): number {
  const { learningRate, warmup = 0, decay = 'constant' } = settings;
  const full = learningRate * factorOf(settings, weights);
  if (step <= warmup) return (full * step) / warmup;
  if (decay === 'constant') return full;
  const share = (step - warmup - 1) / Math.max(1, steps - warmup);
  return decay === 'linear' ? full * (1 - share) : (full / 2) * (1 + Math.cos(Math.PI * share));
}

function factorOf({ factors }: LearningRateSettings, weights: Pair): number {
  if (factors === undefined) return 1;
  const [dpo, sft] = [Math.abs(weights.dpo), Math.abs(weights.sft)];
  // Weights of 0 move nothing, whatever the rate.
  return dpo + sft === 0 ? 1 : (dpo * factors.dpo + sft * factors.sft) / (dpo + sft);
}

/** The settings, checked: a positive rate, and a warm-up no longer than the run. */
export function checkedLearningRate(settings: LearningRateSettings, steps: number): LearningRateSettings {
  const { learningRate, warmup = 0, factors } = settings;
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new InputError('learning-rate', learningRate, 'a number > 0');
  }
  for (const [objective, factor] of Object.entries(factors ?? {})) {
    if (!(factor > 0 && Number.isFinite(factor))) throw new InputError(`factors: ${objective}`, factor, 'a number > 0');
  }
  if (!Number.isSafeInteger(warmup) || warmup < 0 || warmup > steps) {
    throw new InputError('warmup', warmup, `a whole number of steps up to ${steps}`);
  }
  return settings;
}
