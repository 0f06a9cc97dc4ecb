import { InputError } from '../../base/input-error.js';

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
}

/** The learning rate of step t = 1 … steps. */
export function learningRateAt(
  { learningRate, warmup = 0, decay = 'constant' }: LearningRateSettings,
  step: number,
  steps: number,
): number {
  if (step <= warmup) return (learningRate * step) / warmup;
  if (decay === 'constant') return learningRate;
  const share = (step - warmup - 1) / Math.max(1, steps - warmup);
  return decay === 'linear' ? learningRate * (1 - share) : (learningRate / 2) * (1 + Math.cos(Math.PI * share));
}

/** The settings, checked: a positive rate, and a warm-up no longer than the run. */
export function checkedLearningRate(settings: LearningRateSettings, steps: number): LearningRateSettings {
  const { learningRate, warmup = 0 } = settings;
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new InputError('learning-rate', learningRate, 'a number > 0');
  }
  if (!Number.isSafeInteger(warmup) || warmup < 0 || warmup > steps) {
    throw new InputError('warmup', warmup, `a whole number of steps up to ${steps}`);
  }
  return settings;
}
