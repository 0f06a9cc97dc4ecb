import { subgradientConstants, unboundedGradients } from '../bounded-gradients.js';
import { constantSteps, meanMaxGap } from '../measure.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT that compares exact values every k steps and stale ones in between. */
export const maxrightStale = theorem({
  id: 'M.stale',
  kind: 'upper',
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + w/m*(k-1)*alpha*G*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k)',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'k', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M',
  trials: (subject, extent) => {
    const { lambda, bounds, weightedMax } = subject;
    const reason = unboundedGradients(subject);
    if (reason !== undefined) return reason;
    if (lambda === 0 || lambda === 1) return { reason: 'λ is 0 or 1: the factor w/m of stale values is infinite' };
    if (bounds.dpo.valueDeviation > 0 || bounds.sft.valueDeviation > 0)
      return { reason: 'the observed values are noisy' };
    const [G_dpo, G_sft] = [bounds.dpo.gradientBound, bounds.sft.gradientBound];
    const weights = { w: Math.max(lambda, 1 - lambda), m: Math.min(lambda, 1 - lambda), lambda, G_dpo, G_sft };
    return extent.steps.flatMap((steps) =>
      [1, 2, 10, 100]
        .filter((period) => period <= steps)
        .map((period) => {
          const constants = subgradientConstants(subject, weightedMax.minimizer, Math.max(G_dpo, G_sft), steps);
          const stepSizes = constantSteps(constants.alpha, steps);
          return {
            steps,
            variant: `k = ${period}`,
            constants: { ...constants, ...weights, k: period },
            measure: () => meanMaxGap(subject, { schedule: 'maxright', stepSizes, settings: { period } }, extent),
          };
        }),
    );
  },
});
