import { alternating } from '../../schedule/alternating.js';
import { cycleLength, unevenCycles } from '../cycles.js';
import { constantStep, constantSteps } from '../described-run.js';
import { isOppositePair } from '../opposite-pair.js';
import { bothOrders, objectivesInOrder } from '../sequential-limit.js';
import { isSubject, weightOf } from '../subject.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** On ½(θ ∓ 1)² alternating stages end in a cycle: a gap that more cycles of the same length do not lower. */
export const alternatingCycle = runTheorem({
  id: 'C.cycle',
  kind: 'lower',
  schedule: alternating,
  measures: ['gap'],
  measured: 'f_i = \\tfrac12(\\theta \\mp 1)^2:\\ \\mathbb{E}\\,F_\\lambda(\\theta_{Cn+1}) - \\min F_\\lambda',
  formula: '((2*r_2 - 1 - r_1*r_2)/(1 - r_1*r_2)*(1 - (r_1*r_2)^C) + (r_1*r_2)^C*x_0 - (2*w_1 - 1))^2/2',
  needs: ['r_1', 'r_2', 'C', 'x_0', 'w_1'],
  reference: 'docs/theory.md, C, the limit cycle',
  origin: 'here',
  applies(setting, run) {
    if (!isSubject(setting) || !isOppositePair(setting)) return { reason: 'it speaks of ½(θ ∓ 1)² alone' };
    const n = cycleLength(setting, run);
    if (n === undefined) return unevenCycles;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha < 1)) return { reason: 'it needs steps below 1' };
    const { first } = objectivesInOrder(run.order);
    const w_1 = weightOf(setting)[first];
    const r_1 = (1 - alpha) ** (w_1 * n);
    const r_2 = (1 - alpha) ** ((1 - w_1) * n);
    // Seen so that the first objective's minimiser is 1.
    const x_0 = (first === 'dpo' ? 1 : -1) * setting.pair.start[0];
    return { at: (T) => (Number.isInteger(T / n) ? { r_1, r_2, C: T / n, x_0, w_1 } : undefined) };
  },
  runs: (subject) => {
    if (!isOppositePair(subject)) return { reason: 'it speaks of ½(θ ∓ 1)² alone' };
    const n = [20, 100].find((length) => Number.isInteger(subject.lambda * length)) ?? 20;
    return bothOrders.flatMap(({ order }) =>
      [1, 10].map((cycles) => ({
        schedule: alternating.name,
        stepSizes: constantSteps(0.05, cycles * n),
        cycles,
        order,
        variant: `${cycles} cycles, ${order}`,
      })),
    );
  },
});
