import { subgradientConstants, unboundedGradients } from '../bounded-gradients.js';
import { constantSteps, meanMaxGap } from '../measure.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT that compares exact values at every step. */
export const maxrightExact = theorem({
  id: 'M.exact',
  kind: 'tight',
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2)',
  needs: ['w', 'D0', 'alpha', 'T', 'G'],
  reference: 'arXiv 2410.15483 (MAXRIGHT) with explicit constants: docs/theory.md, M; attained: W',
  trials: (subject, extent) => {
    const { lambda, bounds, weightedMax } = subject;
    const reason = unboundedGradients(subject);
    if (reason !== undefined) return reason;
    if (bounds.dpo.valueDeviation > 0 || bounds.sft.valueDeviation > 0)
      return { reason: 'the observed values are noisy' };
    const G = Math.max(bounds.dpo.gradientBound, bounds.sft.gradientBound);
    return extent.steps.map((steps) => {
      const constants = subgradientConstants(subject, weightedMax.minimizer, G, steps);
      const stepSizes = constantSteps(constants.alpha, steps);
      return {
        steps,
        constants: { ...constants, w: Math.max(lambda, 1 - lambda) },
        measure: () => meanMaxGap(subject, { schedule: 'maxright', stepSizes, settings: { period: 1 } }, extent),
      };
    });
  },
});
