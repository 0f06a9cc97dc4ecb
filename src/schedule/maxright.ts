import * as z from 'zod';
import { recordedGap, type WeightedGaps } from './recorded-gap.js';
import { bothObjectives, stepOn, type ObjectiveName, type Schedule, type WeightedChoice } from './schedule.js';
import { checkedIdeal, checkedLambda, ownSettings, positiveInteger } from './settings.js';

/** MAXRIGHT's state: its settings and the last weighted gap seen of each objective. */
export interface MaxrightState extends WeightedGaps {
  readonly period: number;
  readonly weightedSteps: boolean;
}

const settings = z.object({
  period: positiveInteger().default(1).meta({ description: 'evaluate both objectives every k steps', value: 'k' }),
  weightedSteps: z
    .boolean()
    .default(false)
    .meta({ description: 'step along w_i g_i, w_DPO = λ and w_SFT = 1 − λ, instead of along g_i' }),
});

/**
 * MAXRIGHT: steps on the objective with the larger weighted optimality gap, unweighted, ties to SFT
 * (arXiv 2410.15483). Both gaps are evaluated at steps 1, 1 + period, 1 + 2·period, …; in between the
 * chosen objective's record is refreshed by the loss of its own step, and the other's goes stale.
 * With weighted steps it is a subgradient method on F_max.
 */
export const maxright = {
  name: 'maxright',
  label: 'MAXRIGHT',
  description: 'the objective with the larger recorded weighted gap, ties to SFT',
  settings,
  variants: [
    { key: 'maxright', label: 'MAXRIGHT', settings: { weightedSteps: false } },
    { key: 'maxright-weighted-steps', label: 'MAXRIGHT, steps αw', settings: { weightedSteps: true } },
  ],
  init(given) {
    return {
      lambda: checkedLambda(given.lambda),
      ...ownSettings(settings, given),
      ideal: checkedIdeal(given.ideal, 'maxright'),
      weightedGap: { dpo: 0, sft: 0 },
    };
  },
  evaluates: ({ period }, step) => ((step - 1) % period === 0 ? bothObjectives : []),
  distribution: (state) => {
    const { dpo, sft } = state.weightedGap;
    return [{ choice: choiceOf(state, dpo > sft ? 'dpo' : 'sft'), probability: 1 }];
  },
  observe: recordedGap,
  // As in github.com/heshandevaka/XRIGHT, whose loop takes the next batch of both loaders before it chooses.
  draws: () => bothObjectives,
  weightedGaps: ({ weightedGap }) => weightedGap,
  stepOnLarger: choiceOf,
  kernel: ({ lambda, period, weightedSteps, ideal }) => ({
    kind: 'larger-gap',
    lambda,
    period,
    ideal,
    factors: weightedSteps ? { dpo: lambda, sft: 1 - lambda } : { dpo: 1, sft: 1 },
  }),
} as const satisfies Schedule<MaxrightState>;

function choiceOf({ lambda, weightedSteps }: MaxrightState, objective: ObjectiveName): WeightedChoice {
  if (!weightedSteps) return stepOn[objective];
  return objective === 'dpo'
    ? { dpo: lambda, sft: 0, gradients: ['dpo'] }
    : { dpo: 0, sft: 1 - lambda, gradients: ['sft'] };
}
