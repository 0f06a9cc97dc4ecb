import type { Constants } from './constants.js';
import type { DescribedRun } from './described-run.js';
import type { Setting } from './subject.js';
import { inexactValues, maxrightMethod, type Domain, type Method } from './subgradient-method.js';
import type { NotApplicable } from './theorem.js';

/** MAXRIGHT that compares exact values every k steps and stale ones in between. */
export const staleMethod: Method = {
  ...maxrightMethod,
  silence: (setting, run) => unweighed(setting) ?? inexactValues(setting, run),
};

/** Why a bound with the factor w/m says nothing. */
export function unweighed({ lambda }: Setting): NotApplicable | undefined {
  return lambda === 0 || lambda === 1
    ? { reason: 'λ is 0 or 1: the factor w/m of wrong or stale values is infinite' }
    : undefined;
}

/** k; a period longer than the run is as long as the run. */
export function stalePeriod({ T }: { T: number }, _setting: Setting, { period = 1 }: DescribedRun): Constants {
  return { k: Math.min(period, T) };
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
