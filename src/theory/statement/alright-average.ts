import { alrightBound, onBoundedGradients, subgradientConstants } from '../bounded-gradients.js';
import { averageGap, constantSteps } from '../measure.js';
import { theorem } from '../theorem.js';

/** The average point of ALRIGHT. */
export const alrightAverage = theorem({
  id: 'A.average',
  kind: 'tight',
  measured: '\\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'arXiv 2410.15483 (ALRIGHT) with explicit constants: docs/theory.md, A; attained: W',
  trials: (subject, extent) =>
    onBoundedGradients(subject, extent, (steps) => {
      const constants = subgradientConstants(subject, subject.weightedSum.minimizer, alrightBound(subject), steps);
      const stepSizes = constantSteps(constants.alpha, steps);
      return { steps, constants, measure: () => averageGap(subject, { schedule: 'alright', stepSizes }, extent) };
    }),
});
