import { weightedErrors } from '../noisy-values.js';
import { staleConstants, withPeriods } from '../stale-values.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedFreshMethod } from '../weighted-steps.js';

/** MAXRIGHT with steps αw_i that chooses by one minibatch and steps on another: a floor without the factor w/m. */
export const maxrightWeightedFresh = runTheorem({
  id: 'M.weighted.fresh',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\alpha_i = \\alpha w_i:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2 + epsilon + (k-1)*alpha*max(lambda*G_dpo, (1-lambda)*G_sft)*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k)',
  needs: ['D0', 'alpha', 'T', 'epsilon', 'k', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M, steps αw_i; ε = w_DPO ε_DPO + w_SFT ε_SFT',
  origin: 'here',
  ...withPeriods(
    [1, 10],
    constantStepsOf(weightedFreshMethod, (known, setting, run) => {
      const { dpo, sft } = weightedErrors(setting);
      return { epsilon: dpo + sft, ...staleConstants(known, setting, run) };
    }),
  ),
});
