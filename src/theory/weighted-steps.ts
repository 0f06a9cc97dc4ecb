import type { DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import { measureRun, type RunMeasure } from './measure.js';
import { rescaled, type Measurement } from './measurement.js';
import { freshBatchMethod, sharedBatchMethod } from './noisy-values.js';
import type { Setting, Subject } from './subject.js';
import { inexactValues, maxrightMethod, wrongOptima, type Method } from './subgradient-method.js';
import { weightedSubject } from './weighted-subject.js';

/** G_w = max w_i G_i. */
function weightedBound({ lambda, bounds }: Setting): number {
  return Math.max(lambda * bounds.dpo.gradientBound, (1 - lambda) * bounds.sft.gradientBound);
}

const schedule = { name: `${maxrightMethod.schedule.name} with steps αw_i` };

/** MAXRIGHT, k = 1, with steps αw_i: a subgradient method on F_max with steps α and directions w_i g_i. */
export const weightedMethod: Method = { ...maxrightMethod, schedule, gradientBound: weightedBound };

/** The same with records that go stale. */
export const weightedStaleMethod: Method = {
  ...weightedMethod,
  silence: (setting, run) => inexactValues(setting, run) ?? wrongOptima(run),
};

/** The same with values of minibatches, the gradient on one of its own. */
export const weightedFreshMethod: Method = { ...freshBatchMethod, schedule, gradientBound: weightedBound };

/** The same with choice and gradient on one minibatch, k = 1. */
export const weightedSharedMethod: Method = { ...sharedBatchMethod, schedule, gradientBound: weightedBound };

/**
 * A measure of F_max on a run with steps αw_i: these are MAXRIGHT's steps on the pair (λ f_DPO, (1 − λ) f_SFT) at λ = ½,
 * whose F_max is half of this one.
 */
export function weightedMeasure(measure: RunMeasure) {
  return (subject: Subject, run: DescribedRun, extent: Extent): Measurement =>
    rescaled(
      measureRun(weightedSubject(subject), { ...run, schedule: maxrightMethod.schedule.name }, measure, extent),
      2,
    );
}
