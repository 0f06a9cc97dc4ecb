import { constantStepsOf } from '../subgradient-method.js';
import { sharedBatchMethod, weightedErrors } from '../noisy-values.js';
import { runTheorem } from '../theorem.js';

/** MAXRIGHT that chooses by and steps on the same minibatch, at every step, as the published code does. */
export const maxrightShared = runTheorem({
  id: 'M.noisy.shared',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + (2*w/m - 1)*epsilon',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon'],
  reference: 'docs/theory.md, M; ε = max(w_DPO ε_DPO, w_SFT ε_SFT), G² ≥ E max ‖g_i‖²',
  origin: 'here',
  // Both gradients are bounded by their G_i almost surely on minibatches, so E max ‖g_i‖² ≤ max G_i².
  ...constantStepsOf(sharedBatchMethod, (_known, setting) => {
    const { dpo, sft } = weightedErrors(setting);
    return { epsilon: Math.max(dpo, sft) };
  }),
});
