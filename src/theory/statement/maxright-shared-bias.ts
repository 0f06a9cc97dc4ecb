import { maxright } from '../../schedule/maxright.js';
import { constantStep, constantSteps } from '../described-run.js';
import { distance, isSubject } from '../subject.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/**
 * On the pair made for it, choice and gradient from one minibatch drive MAXRIGHT away from the minimiser of F_max,
 * where it starts, to the minimiser of another function: a lower bound that T does not remove.
 */
export const maxrightSharedBias = runTheorem({
  id: 'M.shared.bias',
  kind: 'lower',
  schedule: maxright,
  measures: ['meanMaxGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: '3/2*(1 - (D0^2/(2*alpha*T) + alpha*G^2/2)/2)',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, M, "The bias is real"',
  origin: 'here',
  applies(setting, run) {
    if (!isSubject(setting) || setting.form?.kind !== 'tilted') return { reason: 'it speaks of one pair alone' };
    if ((run.period ?? 1) > 1 || run.weightedSteps === true || run.values === 'full' || run.gradientBatch === 'fresh')
      return { reason: 'it needs choice and gradient from one minibatch at every step' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const { start, dimension } = setting.pair;
    const { slope } = setting.form;
    // Of the expected maximum of the sampled weighted gaps the minimiser is the origin.
    const D0 = distance(start, new Float64Array(dimension));
    return { at: (T) => ({ D0, alpha, T, G: Math.hypot(1 + slope, 1) }) };
  },
  runs: ({ form }) =>
    form?.kind === 'tilted' ? [{ schedule: maxright.name, stepSizes: constantSteps(0.01, 20_000) }] : [],
});
