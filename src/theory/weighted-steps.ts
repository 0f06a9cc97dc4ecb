import { onFreshBatch, onSharedBatch } from './noisy-values.js';
import { inexactValues, maxrightMethod, otherRule, stale, type Method } from './subgradient-method.js';

/** MAXRIGHT, k = 1, with steps αw_i: a subgradient method on F_max with steps α and directions w_i g_i. */
export const weightedMethod: Method = {
  schedule: maxrightMethod.schedule,
  minimises: 'chebyshev',
  gradientBound: ({ lambda, bounds }) =>
    Math.max(lambda * bounds.dpo.gradientBound, (1 - lambda) * bounds.sft.gradientBound),
  silence: (setting, run) => otherRule(run, true) ?? inexactValues(setting, run) ?? stale(run),
  trial: { weightedSteps: true, values: 'full', gradientBatch: 'fresh' },
};

/** The same with records that go stale. */
export const weightedStaleMethod: Method = {
  ...weightedMethod,
  silence: (setting, run) => otherRule(run, true) ?? inexactValues(setting, run),
};

/** The same with values of minibatches, the gradient on one of its own. */
export const weightedFreshMethod: Method = {
  ...weightedMethod,
  silence: (setting, run) => otherRule(run, true) ?? onFreshBatch(setting, run),
  trial: { weightedSteps: true, values: 'minibatch', gradientBatch: 'fresh' },
};

/** The same with choice and gradient on one minibatch, k = 1. */
export const weightedSharedMethod: Method = {
  ...weightedMethod,
  silence: (setting, run) => otherRule(run, true) ?? onSharedBatch(setting, run),
  trial: { weightedSteps: true, values: 'minibatch', gradientBatch: 'shared' },
};
