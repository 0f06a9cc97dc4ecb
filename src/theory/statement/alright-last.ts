import { alrightBound, onBoundedGradients, subgradientConstants } from '../bounded-gradients.js';
import { constantSteps, harmonic, lastGap } from '../measure.js';
import { theorem } from '../theorem.js';

/** The point of ALRIGHT after T constant steps. */
export const alrightLast = theorem({
  id: 'A.last',
  kind: 'upper',
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*G^2/2*(1 + H)',
  needs: ['D0', 'alpha', 'T', 'G', 'H'],
  reference: 'docs/theory.md, A, after Shamir and Zhang 2013',
  trials: (subject, extent) =>
    onBoundedGradients(subject, extent, (steps) => {
      const constants = subgradientConstants(subject, subject.weightedSum.minimizer, alrightBound(subject), steps);
      const stepSizes = constantSteps(constants.alpha, steps);
      return {
        steps,
        constants: { ...constants, H: harmonic(steps) },
        measure: () => lastGap(subject, { schedule: 'alright', stepSizes }, extent),
      };
    }),
});
