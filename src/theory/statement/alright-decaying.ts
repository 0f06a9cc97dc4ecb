import { alright } from '../../schedule/alright.js';
import { stronglyConvex } from '../smooth-constants.js';
import { runTheorem } from '../theorem.js';

/** ALRIGHT with steps 2/(μ(t + s)) on a strongly convex F_λ: O(1/T). */
export const alrightDecaying = runTheorem({
  id: 'A.strong.decaying',
  kind: 'upper',
  schedule: alright,
  measures: ['squaredDistance'],
  measured: '\\alpha_t = \\tfrac{2}{\\mu(t+s)}:\\ \\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(s*(s - 1)*D0^2 + 4*(2*sigma^2 + nu^2)*T/mu^2)/((T + s)*(T + s - 1))',
  needs: ['D0', 's', 'T', 'mu', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, strongly convex',
  origin: 'known technique',
  applies(setting, { stepSizes }) {
    const smooth = stronglyConvex(setting);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, mu, sigma, drawnNoise: nu } = smooth;
    const s = 2 / (mu * stepSizes[0]) - 1;
    const isDecaying = stepSizes.every((size, i) => Math.abs(size * mu * (i + 1 + s) - 2) <= 1e-9);
    if (!isDecaying || s < (4 * L) / mu - 1e-9) return { reason: 'it needs steps 2/(μ(t + s)), s ≥ 4L/μ' };
    return { at: (T) => ({ D0, s, T, mu, sigma, nu }) };
  },
  runs(subject, { steps }) {
    const smooth = stronglyConvex(subject);
    if ('reason' in smooth) return smooth;
    const { largestSmoothness, mu } = smooth;
    // So that every step is at most 1/(2L).
    const s = (4 * largestSmoothness) / mu;
    return steps.map((T) => ({
      schedule: alright.name,
      stepSizes: Float64Array.from({ length: T }, (_, i) => 2 / (mu * (i + 1 + s))),
    }));
  },
});
