import { minimizeWeightedMax } from '../../convex/optimum/weighted-max.js';
import { constantStep } from '../described-run.js';
import { measureRun } from '../measure.js';
import { distance, idealValues, isSubject, weightOf } from '../subject.js';
import { constantStepsOf, inexactValues, maxrightMethod, methodConstants, notConstant, notEveryStep } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';
import { unboundedGradients } from '../bounded-gradients.js';

const domain = constantStepsOf(maxrightMethod);

/** MAXRIGHT that is told f_i* + η_i: an error in the optima costs at most the difference of the weighted errors. */
export const maxrightOptimum = runTheorem({
  id: 'M.optimum',
  kind: 'upper',
  schedule: maxrightMethod.schedule,
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    'f_i^*+\\eta_i,\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + abs(lambda*eta_dpo - (1-lambda)*eta_sft)',
  needs: ['w', 'D0', 'alpha', 'T', 'G', 'lambda', 'eta_dpo', 'eta_sft'],
  reference: 'docs/theory.md, M, an error in the optima',
  applies(setting, run) {
    const { optimumError, period = 1 } = run;
    const { lambda } = setting;
    const silence = unboundedGradients(setting) ?? inexactValues(setting, run);
    if (silence !== undefined) return silence;
    if (optimumError === undefined) return { reason: 'the optima that the schedule is told are right' };
    if (lambda === 0 || lambda === 1) return { reason: 'λ is 0 or 1: a wrong optimum can change what is minimised' };
    if (period > 1) return notEveryStep;
    if (!isSubject(setting) || setting.problem === undefined) return { reason: 'no problem file to minimise the shifted F_max of' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const ideal = idealValues(setting);
    const shifted = {
      dpo: { ...setting.problem && minimumAt(setting.ideal.dpo, optimumError.dpo) },
      sft: { ...minimumAt(setting.ideal.sft, optimumError.sft) },
    };
    return { at: () => undefined };
  },
  runs: domain.runs,
  measure: (subject, run, extent) => measureRun(subject, run, 'meanMaxGap', extent),
});
