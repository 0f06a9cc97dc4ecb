import { exactSquaredDistance } from '../exact-measure.js';
import { stronglyConvexQuadratics } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** ALRIGHT with steps 2/(μ(t + s)) on a strongly convex F_λ: O(1/T). */
export const alrightDecaying = theorem({
  id: 'A.strong.decaying',
  kind: 'upper',
  measured: '\\alpha_t = \\tfrac{2}{\\mu(t+s)}:\\ \\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(s*(s - 1)*D0^2 + 4*(2*sigma^2 + nu^2)*T/mu^2)/((T + s)*(T + s - 1))',
  needs: ['D0', 's', 'T', 'mu', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, strongly convex',
  trials: (subject, extent) => {
    const found = stronglyConvexQuadratics(subject);
    if ('reason' in found) return found;
    const { data, smooth } = found;
    const { D0, largestSmoothness, mu, sigma, drawnNoise: nu } = smooth;
    // So that every step is at most 1/(2L).
    const s = (4 * largestSmoothness) / mu;
    return extent.steps.map((steps) => ({
      steps,
      constants: { D0, s, T: steps, mu, sigma, nu },
      measure() {
        const stepSizes = Float64Array.from({ length: steps }, (_, i) => 2 / (mu * (i + 1 + s)));
        return exactSquaredDistance(subject, data, 'alright', stepSizes);
      },
    }));
  },
});
