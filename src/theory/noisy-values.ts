import type { DescribedRun } from './described-run.js';
import { unweighed } from './stale-values.js';
import { weightOf, type Setting } from './subject.js';
import { maxrightMethod, otherRule, stale, type Method } from './subgradient-method.js';
import type { NotApplicable } from './theorem.js';

/** MAXRIGHT, k = 1, on exact values with Gaussian noise. */
export const gaussianMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) =>
    valueDeviation(setting) === 0
      ? { reason: 'the observed values carry no Gaussian noise' }
      : (unweighed(setting) ?? stale(run) ?? otherRule(run, false)),
};

/** MAXRIGHT, k = 1, with choice and gradient on one minibatch. */
export const sharedBatchMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) => onSharedBatch(setting, run) ?? unweighed(setting) ?? otherRule(run, false),
  trial: { values: 'minibatch', gradientBatch: 'shared' },
};

/** MAXRIGHT with the gradient on a minibatch of its own. */
export const freshBatchMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) => onFreshBatch(setting, run) ?? unweighed(setting) ?? otherRule(run, false),
  trial: { values: 'minibatch', gradientBatch: 'fresh' },
};

/** Why a run does not choose by and step on one minibatch, at every step. */
export function onSharedBatch(setting: Setting, run: DescribedRun): NotApplicable | undefined {
  if (run.gradientBatch === 'fresh') return { reason: 'the gradient is taken on a minibatch of its own' };
  return notOfMinibatches(setting, run) ?? stale(run);
}

/** Why a run does not step on a minibatch of its own. */
export function onFreshBatch(setting: Setting, run: DescribedRun): NotApplicable | undefined {
  if (run.gradientBatch === 'fresh') return notOfMinibatches(setting, run);
  return { reason: 'the gradient is taken on the minibatch that the choice was made by' };
}

/** Why the values seen are not those of minibatches that are wrong by at most a known ε_i. */
function notOfMinibatches({ bounds: { dpo, sft } }: Setting, { values }: DescribedRun): NotApplicable | undefined {
  const error = Math.max(dpo.valueError, sft.valueError);
  return values !== 'full' && error > 0 && error < Infinity
    ? undefined
    : { reason: 'the observed values are not those of minibatches' };
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
