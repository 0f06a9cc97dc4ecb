import { alright } from '../../schedule/alright.js';
import { unboundedGradients } from '../bounded-gradients.js';
import { constantStep, constantSteps } from '../described-run.js';
import { farthestFrom, probability, silentAlmostSurely } from '../probable.js';
import { measuredQuantile } from '../quantile.js';
import { alrightMethod, bestStep, methodConstants, notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

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
    const silence = unboundedGradients(setting) ?? silentAlmostSurely(setting);
    if (silence !== undefined) return silence;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const known = { ...methodConstants(alrightMethod, setting), alpha, E: farthestFrom(setting), p: probability };
    return { at: (T) => ({ ...known, T }) };
  },
  // Over the whole tree of draws where gradients are exact, which short runs alone allow.
  runs: (subject) =>
    (subject.bounds.dpo.noise === 0 && subject.bounds.sft.noise === 0 ? [4, 10] : [10, 100]).map((T) => ({
      schedule: alright.name,
      stepSizes: constantSteps(bestStep(alrightMethod, subject, T), T),
    })),
  measure: (subject, run, extent) => measuredQuantile(subject, run, 'meanGap', extent),
});
