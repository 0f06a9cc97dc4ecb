import { exactMeanGap } from '../exact-measure.js';
import { constantSteps } from '../measure.js';
import { freeQuadratics, notFreeQuadratic, smoothConstants } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** Mix on smooth objectives, without a ball. */
export const mixSmooth = theorem({
  id: 'X.smooth',
  kind: 'upper',
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(1 - alpha*L)*T) + alpha*nu^2/(2*(1 - alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'nu'],
  reference: 'docs/theory.md, X, smooth',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (data === undefined) return notFreeQuadratic;
    const smooth = smoothConstants(subject);
    if ('reason' in smooth) return smooth;
    const { D0, meanSmoothness: L, mixedNoise: nu } = smooth;
    return extent.steps.map((steps) => {
      const alpha = Math.min(1 / (2 * L), nu > 0 && D0 > 0 ? D0 / (nu * Math.sqrt(steps)) : Infinity);
      const stepSizes = constantSteps(alpha, steps);
      return {
        steps,
        constants: { D0, alpha, T: steps, L, nu },
        measure: () => exactMeanGap(subject, data, 'mix', stepSizes),
      };
    });
  },
});
