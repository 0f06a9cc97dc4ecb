import { staleConstants, withPeriods } from '../stale-values.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedStaleMethod } from '../weighted-steps.js';

/** MAXRIGHT with steps αw_i that compares exact values every k steps and stale ones in between: no factor w/m. */
export const maxrightWeightedStale = runTheorem({
  id: 'M.weighted.stale',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\alpha_i = \\alpha w_i:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2 + (k-1)*alpha*max(lambda*G_dpo, (1-lambda)*G_sft)*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k)',
  needs: ['D0', 'alpha', 'T', 'k', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M, steps αw_i',
  origin: 'here',
  ...withPeriods([2, 10, 100], constantStepsOf(weightedStaleMethod, staleConstants)),
});
