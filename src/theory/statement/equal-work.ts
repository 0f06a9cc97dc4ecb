import { alright } from '../../schedule/alright.js';
import { mix } from '../../schedule/mix.js';
import { unboundedGradients } from '../bounded-gradients.js';
import { constantSteps } from '../described-run.js';
import { maxOfCoordinates } from '../max-of-coordinates.js';
import { simulated } from '../measure.js';
import { computed, type Measurement } from '../measurement.js';
import type { Extent } from '../extent.js';
import { alrightMethod, bestStep, methodConstants, mixMethod } from '../subgradient-method.js';
import { theorem } from '../theorem.js';
import type { Subject } from '../subject.js';
import { alrightAverage } from './alright-average.js';
import { mixAverage } from './mix-average.js';

/** At equal gradient work, 2T steps of ALRIGHT for T of Mix: how their bounds, each with its best α, compare. */
export const equalWork = theorem({
  id: 'X.work',
  kind: 'exact',
  measured: '\\text{bound of ALRIGHT after } 2T \\text{ steps} : \\text{of Mix after } T',
  formula: 'sqrt((lambda*G_dpo^2 + (1-lambda)*G_sft^2)/2)/(lambda*G_dpo + (1-lambda)*G_sft)',
  needs: ['lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, X, equal work',
  origin: 'here',
  trials(subject, extent) {
    const silence = unboundedGradients(subject);
    if (silence !== undefined) return silence;
    const { form, distances } = subject;
    if (distances.weightedSum === 0) return { reason: 'the start is the minimiser' };
    const constants = methodConstants(mixMethod, subject);
    const bounds = extent.steps.map((T) => ({ steps: T, constants, measure: () => ratioOfBounds(subject, T) }));
    // The worst function attains both bounds, so that the runs compare as the bounds do.
    if (form?.kind !== 'max-of-coordinates' || form.coordinates % 2 > 0) return bounds;
    const T = form.coordinates / 2;
    return [...bounds, { steps: T, variant: 'runs', constants, measure: () => ratioOfRuns(subject, T, extent) }];
  },
});

function ratioOfBounds(subject: Subject, T: number): Measurement {
  const [alrightSteps, mixSteps] = [2 * T, T].map((steps, i) =>
    constantSteps(bestStep(i === 0 ? alrightMethod : mixMethod, subject, steps), steps),
  );
  const drawn = alrightAverage.applies(subject, { schedule: alright.name, stepSizes: alrightSteps });
  const mixed = mixAverage.applies(subject, { schedule: mix.name, stepSizes: mixSteps });
  if ('reason' in drawn || 'reason' in mixed) throw new Error('a bound on gradients that one of both lacks');
  const ratio = alrightAverage.value(drawn.at(2 * T) ?? {}) / mixAverage.value(mixed.at(T) ?? {});
  return computed(ratio, 1e-12);
}

/** Of 2T steps of ALRIGHT and T of Mix, each on the largest of as many coordinates. */
function ratioOfRuns({ lambda }: Subject, T: number, extent: Extent): Measurement {
  const run = (schedule: string, steps: number): number => {
    const stepSizes = constantSteps(1 / Math.sqrt(steps), steps);
    return simulated(maxOfCoordinates(steps, lambda), { schedule, stepSizes }, 'averageGap', extent).mean;
  };
  return computed(run(alright.name, 2 * T) / run(mix.name, T), 1e-9);
}
