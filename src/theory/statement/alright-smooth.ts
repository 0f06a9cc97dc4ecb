import { exactMeanGap } from '../exact-measure.js';
import { constantSteps } from '../measure.js';
import { freeQuadratics, notFreeQuadratic, smoothConstants } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** ALRIGHT on smooth objectives, without a ball: no bound on the gradients is needed. */
export const alrightSmooth = theorem({
  id: 'A.smooth',
  kind: 'upper',
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(1 - 2*alpha*L)*T) + alpha*(2*sigma^2 + nu^2)/(2*(1 - 2*alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, smooth',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (data === undefined) return notFreeQuadratic;
    const smooth = smoothConstants(subject);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, sigma, drawnNoise: nu } = smooth;
    return extent.steps.map((steps) => {
      const variance = 2 * sigma ** 2 + nu ** 2;
      const alpha = Math.min(1 / (4 * L), variance > 0 && D0 > 0 ? D0 / Math.sqrt(variance * steps) : Infinity);
      const stepSizes = constantSteps(alpha, steps);
      return {
        steps,
        constants: { D0, alpha, T: steps, L, sigma, nu },
        measure: () => exactMeanGap(subject, data, 'alright', stepSizes),
      };
    });
  },
});
