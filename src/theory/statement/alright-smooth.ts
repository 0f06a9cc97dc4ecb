import { alright } from '../../schedule/alright.js';
import { constantStep, constantSteps } from '../described-run.js';
import { smoothConstants } from '../smooth-constants.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** ALRIGHT on smooth objectives, without a ball: no bound on the gradients is needed. */
export const alrightSmooth = runTheorem({
  id: 'A.smooth',
  kind: 'upper',
  schedule: alright,
  measures: ['meanGap', 'averageGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(1 - 2*alpha*L)*T) + alpha*(2*sigma^2 + nu^2)/(2*(1 - 2*alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'sigma', 'nu'],
  reference: 'docs/theory.md, A, smooth',
  applies(setting, run) {
    const smooth = smoothConstants(setting);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, sigma, drawnNoise: nu } = smooth;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(2 * alpha * L < 1)) return { reason: 'it needs steps below 1/(2L)' };
    return { at: (T) => ({ D0, alpha, T, L, sigma, nu }) };
  },
  runs(subject, { steps }) {
    const smooth = smoothConstants(subject);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, sigma, drawnNoise: nu } = smooth;
    const variance = 2 * sigma ** 2 + nu ** 2;
    return steps.map((T) => {
      const alpha = Math.min(1 / (4 * L), variance > 0 && D0 > 0 ? D0 / Math.sqrt(variance * T) : Infinity);
      return { schedule: alright.name, stepSizes: constantSteps(alpha, T) };
    });
  },
});
