import { alright } from '../../schedule/alright.js';
import { constantStep, constantSteps } from '../described-run.js';
import { stronglyConvex } from '../smooth-constants.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** ALRIGHT with constant steps on a strongly convex F_λ: linear convergence to a noise ball. */
export const alrightStrong = runTheorem({
  id: 'A.strong',
  kind: 'upper',
  schedule: alright,
  measures: ['squaredDistance'],
  measured: '\\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(1 - 2*alpha*mu*(1 - alpha*L))^T*D0^2 + alpha*(2*sigma^2 + nu^2)/(2*mu*(1 - alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'mu', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, strongly convex',
  origin: 'known technique',
  applies(setting, run) {
    const smooth = stronglyConvex(setting);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, mu, sigma, drawnNoise: nu } = smooth;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha * L < 1)) return { reason: 'it needs steps below 1/L' };
    return { at: (T) => ({ D0, alpha, T, L, mu, sigma, nu }) };
  },
  runs(subject, { steps }) {
    const smooth = stronglyConvex(subject);
    if ('reason' in smooth) return smooth;
    return steps.map((T) => ({
      schedule: alright.name,
      stepSizes: constantSteps(1 / (4 * smooth.largestSmoothness), T),
    }));
  },
});
