import { bothObjectives, noObjectives, type Pair, type Schedule } from './schedule.js';
import { checkedIdeal, checkedLambda, checkedPeriod } from './settings.js';

/** MAXRIGHT's state: its settings and the last weighted gap seen of each objective. */
export interface MaxrightState {
  readonly lambda: number;
  readonly period: number;
  readonly ideal: Pair;
  /** w_i (f_i − f_i*) as last observed; w_DPO = λ, w_SFT = 1 − λ. */
  readonly weightedGap: Pair;
}

/**
 * MAXRIGHT: steps on the objective with the larger weighted optimality gap, unweighted, ties to SFT
 * (arXiv 2410.15483). Both gaps are evaluated at steps 1, 1 + period, 1 + 2·period, …; in between the
 * chosen objective's record is refreshed by the loss of its own step, and the other's goes stale.
 */
export const maxright: Schedule<MaxrightState> = {
  name: 'maxright',
  init: ({ lambda, period = 1, ideal }) => ({
    lambda: checkedLambda(lambda),
    period: checkedPeriod(period),
    ideal: checkedIdeal(ideal, 'maxright'),
    weightedGap: { dpo: 0, sft: 0 },
  }),
  evaluates: ({ period }, step) => ((step - 1) % period === 0 ? bothObjectives : noObjectives),
  choose: ({ weightedGap }) => (weightedGap.dpo > weightedGap.sft ? 'dpo' : 'sft'),
  observe(state, objective, value) {
    const { lambda, period, ideal, weightedGap } = state;
    return objective === 'dpo'
      ? { lambda, period, ideal, weightedGap: { dpo: lambda * (value - ideal.dpo), sft: weightedGap.sft } }
      : { lambda, period, ideal, weightedGap: { dpo: weightedGap.dpo, sft: (1 - lambda) * (value - ideal.sft) } };
  },
};
