import { sampledExcess } from '../sampled-excess.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { weightedSharedMethod } from '../weighted-steps.js';

/** MAXRIGHT with steps αw_i that chooses by and steps on the same minibatch: the floor is one expectation at θ°. */
export const maxrightWeightedShared = runTheorem({
  id: 'M.weighted.shared',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\alpha_i = \\alpha w_i,\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2 + epsilon',
  needs: ['D0', 'alpha', 'T', 'epsilon', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M, steps αw_i; ε = E max w_i(f̂_i − f_i) at θ°',
  origin: 'here',
  ...constantStepsOf(weightedSharedMethod, (_known, setting) => ({ epsilon: sampledExcess(setting) })),
});
