import { alright } from '../../schedule/alright.js';
import { unboundedGradients } from '../bounded-gradients.js';
import { constantStep, constantSteps } from '../described-run.js';
import { meanGapQuantile } from '../measure.js';
import { isSubject } from '../subject.js';
import { alrightMethod, bestStep, methodConstants, notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** How often the bound may be exceeded in the trials. */
const p = 0.05;

/** The mean gap of ALRIGHT in all but a share p of its runs, not in expectation. */
export const alrightProbable = runTheorem({
  id: 'A.probable',
  kind: 'upper',
  schedule: alright,
  measures: [],
  measured: '\\text{quantile}_{1-p}\\ \\tfrac1T\\textstyle\\sum_t F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T) + alpha*max(G_dpo, G_sft)^2/2 + E*max(G_dpo, G_sft)*sqrt(2*log(1/p)/T)',
  needs: ['D0', 'alpha', 'T', 'G_dpo', 'G_sft', 'E', 'p'],
  reference: 'docs/theory.md, A, with high probability; Azuma and Hoeffding',
  origin: 'here, by Azuma and Hoeffding',
  applies(setting, run) {
    const silence = unboundedGradients(setting);
    if (silence !== undefined) return silence;
    const { bounds, radius } = setting;
    if (!isSubject(setting) || !(radius < Infinity)) return { reason: 'it needs a ball' };
    if ((bounds.dpo.noise ?? 0) > 0 || (bounds.sft.noise ?? 0) > 0)
      return { reason: 'Gaussian noise has no bound that holds surely' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const E = radius + Math.hypot(...setting.weightedSum.minimizer);
    return { at: (T) => ({ ...methodConstants(alrightMethod, setting), alpha, T, E, p }) };
  },
  // The distribution is computed over the whole tree of draws, which exact gradients allow.
  runs: (subject) =>
    subject.bounds.dpo.noise === undefined || subject.bounds.sft.noise === undefined
      ? { reason: 'its distribution is computed for exact gradients alone' }
      : [4, 10].map((T) => ({
          schedule: alright.name,
          stepSizes: constantSteps(bestStep(alrightMethod, subject, T), T),
        })),
  measure: (subject, run) => meanGapQuantile(subject, run, 1 - p),
});
