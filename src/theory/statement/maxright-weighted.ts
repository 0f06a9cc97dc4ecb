import { isBestStep } from '../last-point.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedMethod } from '../weighted-steps.js';

/** MAXRIGHT whose step on objective i is α w_i instead of α: no factor w. */
export const maxrightWeighted = runTheorem({
  id: 'M.weighted',
  kind: 'tight',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\alpha_i = \\alpha w_i,\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M, steps αw_i',
  origin: 'here',
  isAttained: isBestStep,
  ...constantStepsOf(weightedMethod),
});
