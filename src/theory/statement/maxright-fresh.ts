import { constantSteps, meanMaxGap } from '../measure.js';
import { noisyConstants, noisyExemption, seesMinibatches, weightedErrors } from '../noisy-values.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT that chooses by one minibatch and steps on another. */
export const maxrightFresh = theorem({
  id: 'M.noisy.fresh',
  kind: 'upper',
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + w/m*(epsilon + (k-1)*alpha*G*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k))',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon', 'k', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M; ε = w_DPO ε_DPO + w_SFT ε_SFT',
  trials: (subject, extent) => {
    if (!seesMinibatches(subject)) return [];
    const reason = noisyExemption(subject);
    if (reason !== undefined) return reason;
    const { dpo, sft } = weightedErrors(subject);
    const more = subject.madeFor === 'M.shared' ? [20_000] : [];
    return [...extent.steps, ...more].flatMap((steps) =>
      [1, 10].map((period) => {
        const constants = { ...noisyConstants(subject, steps), epsilon: dpo + sft, k: period };
        const stepSizes = constantSteps(constants.alpha, steps);
        const run = { schedule: 'maxright', stepSizes, settings: { period }, values: 'minibatch' } as const;
        return {
          steps,
          variant: `k = ${period}`,
          constants,
          measure: () => meanMaxGap(subject, { ...run, gradientBatch: 'fresh' }, extent),
        };
      }),
    );
  },
});
