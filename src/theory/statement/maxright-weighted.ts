import { isBestStep } from '../last-point.js';
import { measureRun } from '../measure.js';
import { rescaled } from '../measurement.js';
import { constantStepsOf, maxrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedMethod, weightedSubject } from '../weighted-subject.js';

/** MAXRIGHT whose step on objective i is α w_i instead of α: on the pair (w_i f_i) it is MAXRIGHT itself. */
export const maxrightWeighted = runTheorem({
  id: 'M.weighted',
  kind: 'tight',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\alpha_i = \\alpha w_i,\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M',
  isAttained: isBestStep,
  ...constantStepsOf(weightedMethod),
  // At λ = ½ the weighted pair's F_max is half of this subject's.
  measure: (subject, run, extent) =>
    rescaled(
      measureRun(weightedSubject(subject), { ...run, schedule: maxrightMethod.schedule.name }, 'meanMaxGap', extent),
      2,
    ),
});
