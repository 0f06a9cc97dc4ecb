import { InputError } from '../base/input-error.js';
import { shareAt } from '../schedule/annealed.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { limitOfWeightedSum } from './stage-two.js';

/** A horizon beyond all runs, at which it is seen what a share tends to. */
const farHorizon = 1e12;

/**
 * Annealed ALRIGHT: DPO with probability p(t, T). The last steps decide: with steps of the order of 1/√T the last √T of
 * them forget where they began, so that the limit is the minimiser of F_p at the p of the end, where p has settled by then.
 */
export const annealed: Remedy<string> = {
  name: 'annealed',
  label: 'Annealed',
  description: 'DPO with a probability that changes with t',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  parameter: {
    name: 'share',
    symbol: 'p(t, T)',
    description: 'probability of a step on DPO, an expression of t and T',
    parse(text) {
      shareAt(text, 1, 1);
      return text;
    },
    standard: () => 't/T',
  },
  cost: () => oneGradient,
  limit(setup, share) {
    const window = Math.sqrt(farHorizon);
    try {
      const near = Array.from({ length: 33 }, (_, i) =>
        shareAt(share, farHorizon - Math.round((i * window) / 32), farHorizon),
      );
      const [end] = near;
      if (near.some((p) => Math.abs(p - end) > 1e-3)) return { reason: 'p still changes in the last √T steps' };
      return limitOfWeightedSum(setup, end);
    } catch (error) {
      if (error instanceof InputError) return { reason: `p is no probability at T = ${farHorizon}` };
      throw error;
    }
  },
  outputs: (setup, share) => scheduleOutputs(setup, 'annealed', { share }),
};
