import { constantSteps, meanMaxGap } from '../measure.js';
import { noisyConstants, noisyExemption, seesMinibatches, weightedErrors } from '../noisy-values.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT that chooses by and steps on the same minibatch, at every step, as the published code does. */
export const maxrightShared = theorem({
  id: 'M.noisy.shared',
  kind: 'upper',
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + (2*w/m - 1)*epsilon',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon'],
  reference: 'docs/theory.md, M; ε = max(w_DPO ε_DPO, w_SFT ε_SFT), G² ≥ E max ‖g_i‖²',
  trials: (subject, extent) => {
    if (!seesMinibatches(subject)) return [];
    const reason = noisyExemption(subject);
    if (reason !== undefined) return reason;
    const { dpo, sft } = weightedErrors(subject);
    return extent.steps.map((steps) => {
      // Both gradients are bounded by their G_i almost surely on minibatches, so E max ‖g_i‖² ≤ max G_i².
      const constants = { ...noisyConstants(subject, steps), epsilon: Math.max(dpo, sft) };
      const stepSizes = constantSteps(constants.alpha, steps);
      const run = { schedule: 'maxright', stepSizes, values: 'minibatch', gradientBatch: 'shared' } as const;
      return { steps, constants, measure: () => meanMaxGap(subject, run, extent) };
    });
  },
});
