import { lastPointConstant } from '../last-point.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedMethod } from '../weighted-steps.js';

/** The point of MAXRIGHT after T constant steps αw_i, along stochastic gradients too. */
export const maxrightWeightedLast = runTheorem({
  id: 'M.weighted.last',
  kind: 'tight',
  measures: ['maxGap'],
  measured: '\\alpha_i = \\alpha w_i,\\ k = 1:\\ \\mathbb{E}\\,F_{\\max}(\\theta_{T+1}) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*U) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2*(U - 2*T)',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft', 'U'],
  reference: 'docs/theory.md, M, steps αw_i',
  origin: 'here',
  ...constantStepsOf(weightedMethod, lastPointConstant),
});
