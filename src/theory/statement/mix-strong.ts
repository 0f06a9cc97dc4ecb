import { mix } from '../../schedule/mix.js';
import { constantStep, constantSteps } from '../described-run.js';
import { stronglyConvex } from '../smooth-constants.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** Mix with constant steps on a smooth and strongly convex F_λ; a quadratic on the line attains it. */
export const mixStrong = runTheorem({
  id: 'X.strong',
  kind: 'tight',
  schedule: mix,
  measures: ['squaredDistance'],
  measured: '\\mathbb{E}\\,\\lVert\\theta_{T+1} - \\theta_\\lambda^*\\rVert^2',
  formula: '(1 - alpha*mu)^(2*T)*D0^2 + alpha*nu^2*(1 - (1 - alpha*mu)^(2*T))/(mu*(2 - alpha*mu))',
  needs: ['D0', 'alpha', 'T', 'mu', 'nu'],
  reference: 'docs/theory.md, X, strongly convex',
  origin: 'known technique',
  applies(setting, run) {
    const smooth = stronglyConvex(setting);
    if ('reason' in smooth) return smooth;
    const { D0, meanSmoothness: L, mu, mixedNoise: nu } = smooth;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha * (L + mu) <= 2)) return { reason: 'it needs steps of at most 2/(L + μ)' };
    return { at: (T) => ({ D0, alpha, T, mu, nu }) };
  },
  runs(subject, { steps }) {
    const smooth = stronglyConvex(subject);
    if ('reason' in smooth) return smooth;
    return steps.map((T) => ({ schedule: mix.name, stepSizes: constantSteps(1 / (2 * smooth.meanSmoothness), T) }));
  },
});
