import { staleMethod, staleConstants, withPeriods } from '../stale-values.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** MAXRIGHT that compares exact values every k steps and stale ones in between. */
export const maxrightStale = runTheorem({
  id: 'M.stale',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + (k-1)*alpha*G*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k + (w-m)*G_m/2)',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'k', 'lambda', 'G_dpo', 'G_sft', 'G_m'],
  reference: 'docs/theory.md, M',
  origin: 'here',
  ...withPeriods([1, 2, 10, 100], constantStepsOf(staleMethod, staleConstants)),
});
