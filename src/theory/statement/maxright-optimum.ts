import { minimizeChebyshev } from '../../convex/optimum/chebyshev.js';
import { idealPoint } from '../../convex/optimum/weighted-sum.js';
import { unboundedGradients } from '../bounded-gradients.js';
import { constantStep } from '../described-run.js';
import { distance, idealValues, isSubject, weightOf } from '../subject.js';
import {
  constantStepsOf,
  inexactValues,
  maxrightMethod,
  methodConstants,
  notConstant,
  otherSteps,
  stale,
} from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

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
  origin: 'here',
  applies(setting, run) {
    const { optimumError } = run;
    const { lambda } = setting;
    const silence = unboundedGradients(setting) ?? inexactValues(setting, run) ?? stale(run) ?? otherSteps(run, false);
    if (silence !== undefined) return silence;
    if (optimumError === undefined) return { reason: 'the optima that the schedule is told are right' };
    if (lambda === 0 || lambda === 1) return { reason: 'λ is 0 or 1: a wrong optimum can change what is minimised' };
    if (!isSubject(setting) || setting.problem === undefined)
      return { reason: 'the F_max of the wrong optima is minimised for problem files alone' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const { dpo, sft } = idealValues(setting);
    const told = { dpo: dpo + optimumError.dpo, sft: sft + optimumError.sft };
    const shifted = minimizeChebyshev(setting.problem, lambda, idealPoint(setting.problem), told);
    const known = {
      ...methodConstants(maxrightMethod, setting),
      D0: distance(setting.pair.start, shifted.minimizer),
      alpha,
      eta_dpo: optimumError.dpo,
      eta_sft: optimumError.sft,
    };
    return { at: (T) => ({ ...known, T }) };
  },
  runs(subject, extent) {
    // Errors of a tenth of the values that F_max has at the start: of both signs, and equal when weighted.
    const { pair, ideal, lambda } = subject;
    const weights = weightOf(subject);
    const at = (name: 'dpo' | 'sft'): number => pair.objectives[name].value(pair.start) - ideal[name].value;
    const size = 0.1 * Math.max(weights.dpo * at('dpo'), weights.sft * at('sft'));
    const errors = [
      { variant: 'η_DPO > 0 > η_SFT', optimumError: { dpo: size / lambda, sft: -size / (1 - lambda) } },
      { variant: 'equal weighted errors', optimumError: { dpo: size / lambda, sft: size / (1 - lambda) } },
    ];
    return constantStepsOf(maxrightMethod)
      .runs(subject, extent)
      .flatMap((run) => errors.map((error) => ({ ...run, ...error })));
  },
});
