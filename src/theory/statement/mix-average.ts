import { mixBound, onBoundedGradients, subgradientConstants } from '../bounded-gradients.js';
import { averageGap, constantSteps } from '../measure.js';
import { theorem } from '../theorem.js';

/** The average point of Mix, at (c_DPO + c_SFT)/(λ c_DPO + (1 − λ) c_SFT) times the gradient work of ALRIGHT. */
export const mixAverage = theorem({
  id: 'X.average',
  kind: 'tight',
  measured: '\\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, X',
  trials: (subject, extent) =>
    onBoundedGradients(subject, extent, (steps) => {
      const { lambda, bounds } = subject;
      const constants = subgradientConstants(subject, subject.weightedSum.minimizer, mixBound(subject), steps);
      const stepSizes = constantSteps(constants.alpha, steps);
      return {
        steps,
        constants: { ...constants, lambda, G_dpo: bounds.dpo.gradientBound, G_sft: bounds.sft.gradientBound },
        measure: () => averageGap(subject, { schedule: 'mix', stepSizes }, extent),
      };
    }),
});
