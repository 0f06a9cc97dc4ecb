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
  formula: 'D0^2/(2*alpha*(1 - (1+zeta)*alpha*L)*T) + alpha*((1 + 1/zeta)*sigma^2 + nu^2)/(2*(1 - (1+zeta)*alpha*L))',
  needs: ['D0', 'alpha', 'T', 'L', 'sigma', 'nu', 'zeta'],
  reference: 'docs/theory.md, A, smooth',
  origin: 'known technique',
  applies(setting, run) {
    const smooth = smoothConstants(setting);
    if ('reason' in smooth) return smooth;
    const { D0, largestSmoothness: L, sigma, drawnNoise: nu } = smooth;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha * L < 1)) return { reason: 'it needs steps below 1/L' };
    return {
      at(T) {
        const known = { D0, alpha, T, L, sigma, nu };
        return { ...known, zeta: bestSplit(known) };
      },
    };
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

/** The ζ > 0 that makes the bound least: where its derivative x(B + C)ζ² + 2Cxζ − C(1 − x) vanishes. */
function bestSplit({
  D0,
  alpha,
  T,
  L,
  sigma,
  nu,
}: Record<'D0' | 'alpha' | 'T' | 'L' | 'sigma' | 'nu', number>): number {
  const x = alpha * L;
  const C = alpha * sigma ** 2;
  const sum = D0 ** 2 / (alpha * T) + alpha * nu ** 2 + C;
  // Without disagreement at the minimiser any small ζ does.
  return Math.max(1e-9, (-C * x + Math.sqrt((C * x) ** 2 + x * sum * C * (1 - x))) / (x * sum));
}
