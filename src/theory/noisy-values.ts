import type { DescribedRun } from './described-run.js';
import { unweighed } from './stale-values.js';
import { weightOf, type Setting } from './subject.js';
import { maxrightMethod, notEveryStep, wrongOptima, type Method } from './subgradient-method.js';
import type { NotApplicable } from './theorem.js';

/** MAXRIGHT, k = 1, on exact values with Gaussian noise. */
export const gaussianMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) =>
    valueDeviation(setting) === 0
      ? { reason: 'the observed values carry no Gaussian noise' }
      : (unweighed(setting) ?? everyStep(run) ?? wrongOptima(run)),
};

/** MAXRIGHT, k = 1, with choice and gradient on one minibatch. */
export const sharedBatchMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) =>
    notOfMinibatches(setting, run) ??
    (run.gradientBatch === 'fresh'
      ? { reason: 'the gradient is taken on a minibatch of its own' }
      : (unweighed(setting) ?? everyStep(run))),
  trial: { values: 'minibatch', gradientBatch: 'shared' },
};

/** MAXRIGHT with the gradient on a minibatch of its own. */
export const freshBatchMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) =>
    notOfMinibatches(setting, run) ??
    (run.gradientBatch === 'fresh'
      ? unweighed(setting)
      : { reason: 'the gradient is taken on the minibatch that the choice was made by' }),
  trial: { values: 'minibatch', gradientBatch: 'fresh' },
};

/** Why the values seen are not those of minibatches that are wrong by at most a known ε_i. */
function notOfMinibatches({ bounds: { dpo, sft } }: Setting, run: DescribedRun): NotApplicable | undefined {
  const error = Math.max(dpo.valueError, sft.valueError);
  return run.values !== 'full' && error > 0 && error < Infinity
    ? wrongOptima(run)
    : { reason: 'the observed values are not those of minibatches' };
}

function everyStep({ period = 1 }: DescribedRun): NotApplicable | undefined {
  return period > 1 ? notEveryStep : undefined;
}

/** max over x of x P(N(0, 1) ≥ x), rounded up: attained near x = 0.7518. */
export const largestNormalLoss = 0.169972;

/** s: the deviation of w_DPO error_DPO − w_SFT error_SFT, of independent Gaussian errors. */
export function valueDeviation({ lambda, bounds }: Setting): number {
  return Math.hypot(lambda * bounds.dpo.valueDeviation, (1 - lambda) * bounds.sft.valueDeviation);
}

/** w_i ε_i of both objectives. */
export function weightedErrors(setting: Setting): { readonly dpo: number; readonly sft: number } {
  const weights = weightOf(setting);
  const { dpo, sft } = setting.bounds;
  return { dpo: weights.dpo * dpo.valueError, sft: weights.sft * sft.valueError };
}
