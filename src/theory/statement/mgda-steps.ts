import { mgda } from '../../schedule/mgda.js';
import { stepLengthTrials } from '../combined-gradients.js';
import { theorem } from '../theorem.js';

/** MGDA lowers both objectives at every step, and ends where a convex combination of their gradients is 0: at the start, if that minimises one. */
export const mgdaSteps = theorem({
  id: 'L.mgda',
  kind: 'upper',
  measured:
    '\\min_{t\\le T}\\lVert g_t\\rVert^2,\\ g_t \\text{ the shortest in } [\\nabla f_{\\mathrm{DPO}},\\nabla f_{\\mathrm{SFT}}]',
  formula: 'drop/(alpha*T*(1 - alpha*L/2))',
  needs: ['drop', 'alpha', 'T', 'L'],
  reference: 'docs/theory.md, L, where MGDA and PCGrad stop',
  origin: 'known technique',
  attacked: true,
  trials(subject, extent) {
    const { bounds, pair, ideal } = subject;
    const L = Math.max(bounds.dpo.smoothness, bounds.sft.smoothness);
    const { dpo, sft } = pair.objectives;
    const drop = Math.min(dpo.value(pair.start) - ideal.dpo.value, sft.value(pair.start) - ideal.sft.value);
    return stepLengthTrials(subject, extent, mgda, (T) => ({ drop, alpha: 1 / L, T, L }));
  },
});
