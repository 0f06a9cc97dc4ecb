import { smoothTchebycheff } from '../schedule/smooth-tchebycheff.js';
import type { DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import { expectation } from './measure.js';
import type { Measurement } from './measurement.js';
import { idealValues, weightOf, type Subject } from './subject.js';
import { inexactValues, type Domain, type Method } from './subgradient-method.js';

/** Smooth Tchebycheff: steps αw_i on an objective drawn by values that are exact. */
export const tchebycheffMethod: Method = {
  schedule: smoothTchebycheff,
  minimises: 'chebyshev',
  gradientBound: ({ lambda, bounds }) =>
    Math.max(lambda * bounds.dpo.gradientBound, (1 - lambda) * bounds.sft.gradientBound),
  silence: inexactValues,
  trial: { values: 'full', gradientBatch: 'fresh' },
};

/** Trials with μ a tenth of min F_max, and ten times as much. */
export function withSmoothing(domain: Domain): Domain {
  return {
    ...domain,
    runs: (subject, extent) => {
      const middle = subject.chebyshev.value > 1e-6 ? 0.1 * subject.chebyshev.value : 0.1;
      return domain
        .runs(subject, extent)
        .flatMap((run) =>
          [middle, 10 * middle].map((smoothing) => ({ ...run, smoothing, variant: `μ = ${smoothing.toPrecision(2)}` })),
        );
    },
  };
}

/** The mean of Φ_μ over θ_1 … θ_T above its minimum. */
export function meanSmoothGap(
  subject: Subject,
  run: DescribedRun,
  minimum: { readonly value: number; readonly certificate: number },
  extent: Extent,
): Measurement {
  const { smoothing = 0.1 } = run;
  const [weights, ideal] = [weightOf(subject), idealValues(subject)];
  const record = Array.from(run.stepSizes, (_, t) => t);
  const measured = expectation(subject, run, record, extent, ({ values }) => {
    let sum = 0;
    for (let at = 0; at < values.length; at += 2) {
      const gaps = [weights.dpo * (values[at] - ideal.dpo), weights.sft * (values[at + 1] - ideal.sft)];
      const apart = Math.abs(gaps[0] - gaps[1]);
      sum += Math.max(...gaps) + smoothing * Math.log1p(Math.exp(-apart / smoothing));
    }
    return (2 * sum) / values.length - minimum.value;
  });
  return { ...measured, error: measured.error + minimum.certificate };
}
