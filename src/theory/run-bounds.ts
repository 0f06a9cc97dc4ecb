import type { EnsembleMeasures } from '../convex/simulate/measures.js';
import type { Constants } from './constants.js';
import type { DescribedRun } from './described-run.js';
import type { RunMeasure } from './measure.js';
import { theorems } from './registry.js';
import type { Setting } from './subject.js';
import type { NotApplicable, Theorem } from './theorem.js';

export type { DescribedRun } from './described-run.js';

/** What a theorem says of a run with the step sizes that the run has, rather than the best ones. */
export interface RunBound {
  readonly theorem: Theorem;
  /** The measure that is bounded; a bound on the mean over the points bounds the average point, by convexity. */
  readonly measure: keyof EnsembleMeasures;
  readonly constants: Constants;
  /** The bound after the first `steps` updates of the run; NaN where the theorem speaks of other numbers of updates. */
  after(steps: number): number;
}

/** A theorem that says nothing of a run, and why. */
export interface SilentTheorem extends NotApplicable {
  readonly theorem: Theorem;
}

/** The measures of an ensemble among those that theorems bound. */
const ensembleMeasure: Partial<Record<RunMeasure, keyof EnsembleMeasures>> = {
  gap: 'gap',
  averageGap: 'averageGap',
  maxGap: 'maxGap',
  averageMaxGap: 'averageMaxGap',
};

/** What the theorems of the run's schedule say of what an ensemble of such runs measures. */
export function runBounds(setting: Setting, run: DescribedRun): (RunBound | SilentTheorem)[] {
  return theorems.flatMap((theorem): (RunBound | SilentTheorem)[] => {
    if (theorem.schedule !== run.schedule) return [];
    const measure = theorem.measures.map((name) => ensembleMeasure[name]).find((name) => name !== undefined);
    if (measure === undefined) return [];
    const applied = theorem.applies(setting, run);
    if ('reason' in applied) return [{ theorem, reason: applied.reason }];
    const after = (T: number): number => {
      const constants = applied.at(T);
      return constants === undefined ? NaN : theorem.value(constants);
    };
    return [{ theorem, measure, constants: applied.at(run.stepSizes.length) ?? {}, after }];
  });
}
