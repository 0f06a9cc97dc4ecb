import * as z from 'zod';
import { recordedGap, type WeightedGaps } from './recorded-gap.js';
import { bothObjectives, type Pair, type Schedule, type WeightedChoice } from './schedule.js';
import { checkedIdeal, checkedLambda, ownSettings } from './settings.js';

/** Smooth Tchebycheff's state: its settings and the weighted gaps last seen. */
export interface SmoothTchebycheffState extends WeightedGaps {
  /** μ, in units of the weighted gaps. */
  readonly smoothing: number;
}

const error = 'a number > 0';
const settings = z.object({
  smoothing: z
    .number({ error })
    .positive({ error })
    .default(0.1)
    .meta({ description: 'μ of Φ_μ = μ log Σ exp(w_i (f_i − f_i*)/μ)', value: 'μ' }),
});

/**
 * Smooth Tchebycheff scalarization by one draw: objective i is drawn with probability ∝ exp(w_i (f_i − f_i*)/μ) and
 * stepped on along w_i g_i, so that the expected step follows the gradient of Φ_μ, which lies between F_max and
 * F_max + μ log 2. For μ → 0 it is MAXRIGHT with weighted steps. Both values are evaluated at every step, and one uniform
 * number is drawn.
 */
export const smoothTchebycheff = {
  name: 'smooth-tchebycheff',
  label: 'Smooth Tchebycheff',
  description: 'an objective with probability ∝ exp(weighted gap/μ), along its weighted gradient',
  settings,
  init(given) {
    const { smoothing } = ownSettings(settings, given);
    return {
      lambda: checkedLambda(given.lambda),
      smoothing,
      ideal: checkedIdeal(given.ideal, 'smooth-tchebycheff'),
      weightedGap: { dpo: 0, sft: 0 },
    };
  },
  evaluates: () => bothObjectives,
  distribution({ lambda, smoothing, weightedGap }) {
    const probability = shareOfDpo(weightedGap, smoothing);
    return [
      { choice: alongDpo(lambda), probability },
      { choice: alongSft(lambda), probability: 1 - probability },
    ];
  },
  observe: recordedGap,
  draws: () => bothObjectives,
  weightedGaps: ({ weightedGap }) => weightedGap,
  // Kernels multiply by 1/μ, which must be a number.
  kernel: ({ lambda, smoothing, ideal }) =>
    1 / smoothing < Infinity ? { kind: 'smooth-larger-gap', lambda, smoothing, ideal } : undefined,
} as const satisfies Schedule<SmoothTchebycheffState>;

/** The probability of DPO: the logistic function of the difference of the weighted gaps by μ. */
export function shareOfDpo({ dpo, sft }: Pair, smoothing: number): number {
  return 1 / (1 + Math.exp((sft - dpo) / smoothing));
}

function alongDpo(lambda: number): WeightedChoice {
  return { dpo: lambda, sft: 0, gradients: ['dpo'] };
}

function alongSft(lambda: number): WeightedChoice {
  return { dpo: 0, sft: 1 - lambda, gradients: ['sft'] };
}
