import type { Constants } from './constants.js';
import type { DescribedRun } from './described-run.js';
import type { Setting } from './subject.js';
import { inexactValues, maxrightMethod, otherRule, type Domain, type Method } from './subgradient-method.js';
import type { NotApplicable } from './theorem.js';

/** MAXRIGHT that compares exact values every k steps and stale ones in between. */
export const staleMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) => unweighed(setting) ?? inexactValues(setting, run) ?? otherRule(run, false),
};

/** Why a bound that divides by the smaller weight says nothing. */
export function unweighed({ lambda }: Setting): NotApplicable | undefined {
  return lambda === 0 || lambda === 1 ? { reason: 'λ is 0 or 1: wrong or stale values can cost anything' } : undefined;
}

/** k, a period longer than the run being as long as the run, and G of the objective of weight m. */
export function staleConstants(
  { T, lambda, G_dpo, G_sft }: Record<'T' | 'lambda' | 'G_dpo' | 'G_sft', number>,
  _setting: Setting,
  { period = 1 }: DescribedRun,
): Constants {
  return { k: Math.min(period, T), G_m: lambda < 0.5 ? G_dpo : G_sft };
}

/** Trials with several periods, none longer than the run. */
export function withPeriods(periods: readonly number[], domain: Domain): Domain {
  return {
    ...domain,
    runs: (subject, extent) =>
      domain
        .runs(subject, extent)
        .flatMap((run) =>
          periods
            .filter((period) => period <= run.stepSizes.length)
            .map((period) => ({ ...run, period, variant: `k = ${period}` })),
        ),
  };
}
