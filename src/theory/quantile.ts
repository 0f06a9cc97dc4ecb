import { choiceTree } from './choice-tree.js';
import type { DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import { numberOf, type RunNumberName } from './measure.js';
import { computed, type Measurement } from './measurement.js';
import { probability } from './probable.js';
import type { Subject } from './subject.js';

/** Runs that a quantile is estimated from. */
const runs = 200;

/** The chance that the estimate from below lies above the quantile: below the level of any row of a table. */
const level = 1e-8;

/**
 * The number of a run that a share 1 − p of the runs does not exceed: exactly, over the whole tree of choices, where
 * gradients and values are exact; from runs otherwise, a number that it is not below but with a chance of 1e-8.
 */
export function measuredQuantile(
  subject: Subject,
  run: DescribedRun,
  measure: RunNumberName,
  extent: Extent,
): Measurement {
  const { options, of, error, ensemble } = numberOf(subject, run, measure);
  if (subject.bounds.dpo.noise === 0 && subject.bounds.sft.noise === 0) {
    const branches = choiceTree(subject, options).map(({ probability: chance, values }) => ({
      chance,
      value: of(values),
    }));
    branches.sort((a, b) => a.value - b.value);
    let reached = 0;
    const found = branches.find(({ chance }) => (reached += chance) >= 1 - probability - 1e-12);
    return computed(found?.value ?? NaN, error);
  }
  const samples = ensemble({ ...extent, seeds: runs })
    .map((values) => of(values))
    .sort((a, b) => b - a);
  return computed(samples[exceedances(samples.length, probability, level)], error);
}

/** The least k for which a binomial number of n trials with chance p exceeds k with a probability of at most `level`. */
export function exceedances(n: number, p: number, chance: number): number {
  let term = (1 - p) ** n;
  let above = 1 - term;
  let k = 0;
  while (above > chance && k < n - 1) {
    k++;
    term *= ((n - k + 1) / k) * (p / (1 - p));
    above -= term;
  }
  return k;
}
