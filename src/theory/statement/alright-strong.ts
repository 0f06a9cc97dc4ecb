import { exactSquaredDistance } from '../exact-measure.js';
import { constantSteps } from '../measure.js';
import { stronglyConvexQuadratics } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** ALRIGHT with constant steps on a strongly convex F_λ: linear convergence to a noise ball. */
export const alrightStrong = theorem({
  id: 'A.strong',
  kind: 'upper',
  measured: '\\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(1 - alpha*mu)^T*D0^2 + alpha*(2*sigma^2 + nu^2)/mu',
  needs: ['D0', 'alpha', 'T', 'mu', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, strongly convex',
  trials: (subject, extent) => {
    const found = stronglyConvexQuadratics(subject);
    if ('reason' in found) return found;
    const { data, smooth } = found;
    const { D0, largestSmoothness, mu, sigma, drawnNoise: nu } = smooth;
    const alpha = 1 / (4 * largestSmoothness);
    return extent.steps.map((steps) => ({
      steps,
      constants: { D0, alpha, T: steps, mu, sigma, nu },
      measure: () => exactSquaredDistance(subject, data, 'alright', constantSteps(alpha, steps)),
    }));
  },
});
