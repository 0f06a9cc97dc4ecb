import { InputError } from '../../base/input-error.js';

/** The learning rate over a run. */
export interface LearningRateSettings {
  readonly learningRate: number;
  /** Steps over which the rate rises linearly to its full value. */
  readonly warmup?: number;
  /** "constant" (default) or "cosine": half a cosine from the full rate to 0 over the steps after the warm-up. */
  readonly decay?: 'constant' | 'cosine';
}

/** The learning rate of step t = 1 … steps. */
export function learningRateAt(
  { learningRate, warmup = 0, decay = 'constant' }: LearningRateSettings,
  step: number,
  steps: number,
): number {
  if (step <= warmup) return (learningRate * step) / warmup;
  if (decay === 'constant') return learningRate;
  return (learningRate / 2) * (1 + Math.cos((Math.PI * (step - warmup - 1)) / Math.max(1, steps - warmup)));
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
