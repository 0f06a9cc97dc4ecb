import { averageGap, constantSteps, lastGap, linearSteps, meanMaxGap } from '../measure.js';
import { maxOfCoordinates } from '../verify/max-of-coordinates.js';
import type { Measurement } from '../measurement.js';
import type { Subject } from '../subject.js';
import { theorem, type Extent, type Theorem, type Trial } from '../theorem.js';

const reference = 'docs/theory.md, W, after Drori and Teboulle 2014';
const constants = { M: 1, R: 1 };

/** The numbers of steps for which the worst function is made and run. */
const sizes = (extent: Extent): number[] => [...extent.steps, 3, 200].filter((steps) => steps <= 200);

/** A trial for each number of steps, made once for each λ: where the suite comes to the first worst function. */
function trialsOf(measure: (steps: number, lambda: number, extent: Extent) => Measurement) {
  return ({ name, lambda }: Subject, extent: Extent): Trial[] =>
    name !== 'max-of-10-coordinates'
      ? []
      : sizes(extent).map((steps) => ({
          steps,
          constants: { ...constants, T: steps, w: Math.max(lambda, 1 - lambda) },
          measure: () => measure(steps, lambda, extent),
        }));
}

/** ALRIGHT on the worst function. */
export const worstAlright: Theorem = theorem({
  id: 'W.alright',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j:\\ F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'M*R/sqrt(T)',
  needs: ['M', 'R', 'T'],
  reference,
  trials: trialsOf((steps, lambda, extent) => {
    const stepSizes = constantSteps(1 / Math.sqrt(steps), steps);
    return averageGap(maxOfCoordinates(steps, lambda), { schedule: 'alright', stepSizes }, extent);
  }),
});

/** MAXRIGHT, k = 1, on the worst function. */
export const worstMaxright: Theorem = theorem({
  id: 'W.maxright',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j,\\ k = 1:\\ \\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*M*R/sqrt(T)',
  needs: ['w', 'M', 'R', 'T'],
  reference,
  trials: trialsOf((steps, lambda, extent) => {
    const stepSizes = constantSteps(1 / Math.sqrt(steps), steps);
    return meanMaxGap(maxOfCoordinates(steps, lambda), { schedule: 'maxright', stepSizes }, extent);
  }),
});

/** The last point of ALRIGHT with linear decay, on the worst function of one coordinate more. */
export const worstLast: Theorem = theorem({
  id: 'W.last.linear',
  kind: 'exact',
  measured: 'f_i = M\\max_j\\theta_j:\\ F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'M*R/sqrt(T+1)',
  needs: ['M', 'R', 'T'],
  reference,
  trials: trialsOf((steps, lambda, extent) => {
    const stepSizes = linearSteps(1 / Math.sqrt(steps + 1), steps);
    return lastGap(maxOfCoordinates(steps + 1, lambda), { schedule: 'alright', stepSizes }, extent);
  }),
});
