import { mix } from '../../schedule/mix.js';
import { constantStep, constantSteps } from '../described-run.js';
import { smoothConstants } from '../smooth-constants.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** Mix on smooth objectives, without a ball. */
export const mixSmooth = runTheorem({
  id: 'X.smooth',
  kind: 'upper',
  schedule: mix,
  measures: ['meanGap', 'averageGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(1 - alpha*L)*T) + alpha*nu^2/(2*(1 - alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'nu'],
  reference: 'docs/theory.md, X, smooth',
  origin: 'known technique',
  applies(setting, run) {
    const smooth = smoothConstants(setting);
    if ('reason' in smooth) return smooth;
    const { D0, meanSmoothness: L, mixedNoise: nu } = smooth;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha * L < 1)) return { reason: 'it needs steps below 1/L' };
    return { at: (T) => ({ D0, alpha, T, L, nu }) };
  },
  runs(subject, { steps }) {
    const smooth = smoothConstants(subject);
    if ('reason' in smooth) return smooth;
    const { D0, meanSmoothness: L, mixedNoise: nu } = smooth;
    return steps.map((T) => {
      const alpha = Math.min(1 / (2 * L), nu > 0 && D0 > 0 ? D0 / (nu * Math.sqrt(T)) : Infinity);
      return { schedule: mix.name, stepSizes: constantSteps(alpha, T) };
    });
  },
});
