import { rateSlope } from '../verify/rate.js';
import { constantSteps } from '../described-run.js';
import { ensemble, simulated } from '../measure.js';
import { exactGaps } from '../../convex/simulate/exact-moments.js';
import { schedules } from '../../schedule/index.js';
import { moments } from '../../base/statistics.js';
import { freeQuadratics } from '../free-quadratics.js';
import { isOppositePair } from '../opposite-pair.js';
import type { Extent } from '../extent.js';
import { theorem, type NotApplicable, type Theorem } from '../theorem.js';

const otherPair: NotApplicable = { reason: 'it is an observation on another pair' };

/** The slope is fitted over the last three numbers of steps. */
const end = (extent: Extent): readonly number[] => extent.rateSteps.slice(-3);

const stepSizesOf = (steps: number): Float64Array => constantSteps(1 / Math.sqrt(steps), steps);

/** Sequential's gap does not fall: the slope of its logarithm against log T is 0 in the end. */
export const sequentialRate: Theorem = theorem({
  id: 'R.sequential',
  kind: 'exact',
  measured: '\\text{slope of }\\log(\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda)\\text{ in }\\log T',
  formula: '0',
  needs: [],
  reference: 'docs/theory.md, S',
  origin: 'observed',
  trials: (subject, extent) => {
    if (!isOppositePair(subject)) return otherPair;
    const steps = end(extent);
    return bothStages.map((order) => ({
      steps: steps[steps.length - 1],
      variant: order,
      constants: {},
      measure: () =>
        rateSlope(
          steps.map((T) => {
            const run = { schedule: schedules.sequential.name, stepSizes: stepSizesOf(T), settings: { order } };
            const gaps = ensemble(subject, run, { ...extent, seeds: extent.rateSeeds }).map(
              ({ values }) => subject.lambda * values[0] + (1 - subject.lambda) * values[1] - subject.weightedSum.value,
            );
            return { steps: T, ...moments(gaps), count: gaps.length };
          }),
        ),
    }));
  },
});

const bothStages = ['sft-dpo', 'dpo-sft'] as const;

/** ALRIGHT's gap falls at least like the bound of its last point, (1 + log T)/√T. */
export const alrightRate: Theorem = theorem({
  id: 'R.alright',
  kind: 'upper',
  measured: '\\text{slope of }\\log(\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda)\\text{ in }\\log T',
  formula: '-1/2 + 1/(1 + log(T))',
  needs: ['T'],
  reference: 'docs/theory.md, A',
  origin: 'observed',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (!isOppositePair(subject) || data === undefined) return otherPair;
    const steps = end(extent);
    const gapAfter = (T: number): number =>
      exactGaps(data, {
        schedule: schedules.alright,
        settings: { lambda: subject.lambda, steps: T },
        stepSizes: stepSizesOf(T),
        batch: 1,
        minimizer: subject.weightedSum.minimizer,
        record: [T],
      })[0];
    return [
      {
        steps: steps[steps.length - 1],
        constants: { T: steps[0] },
        measure: () =>
          rateSlope(steps.map((T) => ({ steps: T, mean: gapAfter(T), standardError: 0, count: Infinity }))),
      },
    ];
  },
});

/** MAXRIGHT's F_max falls like the bound of its mean, 1/√T. */
export const maxrightRate: Theorem = theorem({
  id: 'R.maxright',
  kind: 'upper',
  measured:
    '\\text{slope of }\\log(\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max})\\text{ in }\\log T',
  formula: '-1/2 + 1/(1 + log(T))',
  needs: ['T'],
  reference: 'docs/theory.md, M',
  origin: 'observed',
  trials: (subject, extent) => {
    if (!isOppositePair(subject)) return otherPair;
    // Every point of a run is measured, so runs are shorter.
    const steps = extent.rateSteps.slice(0, 3);
    return [
      {
        steps: steps[steps.length - 1],
        constants: { T: steps[0] },
        measure: () =>
          rateSlope(
            steps.map((T) => {
              const run = {
                schedule: schedules.maxright.name,
                stepSizes: stepSizesOf(T),
                values: 'full',
                gradientBatch: 'fresh',
              } as const;
              const many = { ...extent, seeds: extent.rateSeeds };
              const { mean, standardError, degrees } = simulated(subject, run, 'meanMaxGap', many);
              return { steps: T, mean, standardError, count: degrees + 1 };
            }),
          ),
      },
    ];
  },
});
