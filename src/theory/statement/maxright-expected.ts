import { constantSteps, meanMaxGap } from '../measure.js';
import { noisyConstants, noisyExemption } from '../noisy-values.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT on exact values with independent Gaussian noise: expected errors suffice at k = 1. */
export const maxrightExpected = theorem({
  id: 'M.noisy.expected',
  kind: 'upper',
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + w/m*epsilon',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon'],
  reference: 'docs/theory.md, M; ε = E|w_DPO error_DPO − w_SFT error_SFT|',
  trials: (subject, extent) => {
    const { lambda, bounds } = subject;
    if (bounds.dpo.valueDeviation === 0 && bounds.sft.valueDeviation === 0) return [];
    const reason = noisyExemption(subject);
    if (reason !== undefined) return reason;
    const deviation = Math.hypot(lambda * bounds.dpo.valueDeviation, (1 - lambda) * bounds.sft.valueDeviation);
    return extent.steps.map((steps) => {
      // E|N(0, s²)| = s √(2/π).
      const constants = { ...noisyConstants(subject, steps), epsilon: deviation * Math.sqrt(2 / Math.PI) };
      const stepSizes = constantSteps(constants.alpha, steps);
      return { steps, constants, measure: () => meanMaxGap(subject, { schedule: 'maxright', stepSizes }, extent) };
    });
  },
});
