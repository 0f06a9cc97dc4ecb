import { pcgrad } from '../../schedule/pcgrad.js';
import { stepLengthTrials } from '../combined-gradients.js';
import { weightOf } from '../subject.js';
import { theorem } from '../theorem.js';

/** PCGrad lowers F_λ at every step, and ends where the gradients oppose each other or F_λ is least. */
export const pcgradSteps = theorem({
  id: 'L.pcgrad',
  kind: 'upper',
  measured: '\\min_{t\\le T}\\lVert g_t\\rVert^2,\\ g_t \\text{ of PCGrad}',
  formula: '2*drop/(alpha*T*(1 - alpha*L))',
  needs: ['drop', 'alpha', 'T', 'L'],
  reference: 'docs/theory.md, L, where MGDA and PCGrad stop',
  origin: 'here',
  attacked: true,
  trials(subject, extent) {
    const { bounds, pair, weightedSum } = subject;
    const weights = weightOf(subject);
    if (weights.dpo === 0 || weights.sft === 0) return { reason: 'λ is 0 or 1: one gradient alone is weighed' };
    const L = weights.dpo * bounds.dpo.smoothness + weights.sft * bounds.sft.smoothness;
    const { dpo, sft } = pair.objectives;
    const drop = weights.dpo * dpo.value(pair.start) + weights.sft * sft.value(pair.start) - weightedSum.value;
    return stepLengthTrials(subject, extent, pcgrad, (T) => ({ drop, alpha: 1 / (2 * L), T, L }));
  },
});
