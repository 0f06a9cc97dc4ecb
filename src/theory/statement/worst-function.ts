import { constantSteps, linearSteps, type DescribedRun } from '../described-run.js';
import { simulated } from '../measure.js';
import { alright } from '../../schedule/alright.js';
import { maxright } from '../../schedule/maxright.js';
import type { Extent } from '../extent.js';
import type { Measurement } from '../measurement.js';
import type { Subject } from '../subject.js';
import { theorem, type NotApplicable, type Theorem, type Trial } from '../theorem.js';

const reference = 'docs/theory.md, W, after Drori and Teboulle 2014';

const otherPair: NotApplicable = { reason: 'it speaks of the largest coordinate alone' };

/** The trial on the largest of n coordinates: T = n − more steps. */
function trialsOf(more: number, measure: (subject: Subject, steps: number, extent: Extent) => Measurement) {
  return (subject: Subject, extent: Extent): Trial[] | NotApplicable => {
    const { form, lambda } = subject;
    if (form?.kind !== 'max-of-coordinates' || form.coordinates <= more) return otherPair;
    const steps = form.coordinates - more;
    const constants = { M: 1, R: 1, T: steps, w: Math.max(lambda, 1 - lambda) };
    return [{ steps, constants, measure: () => measure(subject, steps, extent) }];
  };
}

const bestSteps = (schedule: string, steps: number): DescribedRun => ({
  schedule,
  stepSizes: constantSteps(1 / Math.sqrt(steps), steps),
  values: 'full',
});

/** ALRIGHT on the worst function. */
export const worstAlright: Theorem = theorem({
  id: 'W.alright',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j:\\ F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'M*R/sqrt(T)',
  needs: ['M', 'R', 'T'],
  reference,
  origin: 'function: Drori and Teboulle 2014',
  trials: trialsOf(0, (subject, steps, extent) =>
    simulated(subject, bestSteps(alright.name, steps), 'averageGap', extent),
  ),
});

/** MAXRIGHT, k = 1, on the worst function. */
export const worstMaxright: Theorem = theorem({
  id: 'W.maxright',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j,\\ k = 1:\\ \\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*M*R/sqrt(T)',
  needs: ['w', 'M', 'R', 'T'],
  reference,
  origin: 'function: Drori and Teboulle 2014',
  trials: trialsOf(0, (subject, steps, extent) =>
    simulated(subject, bestSteps(maxright.name, steps), 'meanMaxGap', extent),
  ),
});

/** The last point of ALRIGHT with linear decay, on the worst function of one coordinate more. */
export const worstLast: Theorem = theorem({
  id: 'W.last.linear',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j:\\ F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'M*R/sqrt(T+1)',
  needs: ['M', 'R', 'T'],
  reference,
  origin: 'function: Drori and Teboulle 2014',
  trials: trialsOf(1, (subject, steps, extent) => {
    const stepSizes = linearSteps(1 / Math.sqrt(steps + 1), steps);
    return simulated(subject, { schedule: alright.name, stepSizes }, 'gap', extent);
  }),
});
