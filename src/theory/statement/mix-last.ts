import { mixBound, onBoundedGradients, subgradientConstants } from '../bounded-gradients.js';
import { constantSteps, harmonic, lastGap } from '../measure.js';
import { theorem } from '../theorem.js';

/** The point of Mix after T constant steps. */
export const mixLast = theorem({
  id: 'X.last',
  kind: 'upper',
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2*(1 + H)',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft', 'H'],
  reference: 'docs/theory.md, X, after Shamir and Zhang 2013',
  trials: (subject, extent) =>
    onBoundedGradients(subject, extent, (steps) => {
      const { lambda, bounds } = subject;
      const constants = subgradientConstants(subject, subject.weightedSum.minimizer, mixBound(subject), steps);
      const stepSizes = constantSteps(constants.alpha, steps);
      const [G_dpo, G_sft] = [bounds.dpo.gradientBound, bounds.sft.gradientBound];
      return {
        steps,
        constants: { ...constants, lambda, G_dpo, G_sft, H: harmonic(steps) },
        measure: () => lastGap(subject, { schedule: 'mix', stepSizes }, extent),
      };
    }),
});
