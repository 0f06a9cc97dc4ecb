import { exactSquaredDistance } from '../exact-measure.js';
import { constantSteps } from '../measure.js';
import { stronglyConvexQuadratics } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** Mix with constant steps on a smooth and strongly convex F_λ; a quadratic on the line attains it. */
export const mixStrong = theorem({
  id: 'X.strong',
  kind: 'tight',
  measured: '\\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(1 - alpha*mu)^(2*T)*D0^2 + alpha*nu^2*(1 - (1 - alpha*mu)^(2*T))/(mu*(2 - alpha*mu))',
  needs: ['D0', 'alpha', 'T', 'mu', 'nu'],
  reference: 'docs/theory.md, X, strongly convex',
  trials: (subject, extent) => {
    const found = stronglyConvexQuadratics(subject);
    if ('reason' in found) return found;
    const { data, smooth } = found;
    const { D0, meanSmoothness, mu, mixedNoise: nu } = smooth;
    const alpha = 1 / (2 * meanSmoothness);
    return extent.steps.map((steps) => ({
      steps,
      constants: { D0, alpha, T: steps, mu, nu },
      measure: () => exactSquaredDistance(subject, data, 'mix', constantSteps(alpha, steps)),
    }));
  },
});
