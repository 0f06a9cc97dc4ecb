import * as z from 'zod';
import { InputError } from '../base/input-error.js';
import { parseArithmetic, type ExpressionFunction } from '../convex/expression/arithmetic.js';
import { stepOn, type Schedule } from './schedule.js';
import { checkedSteps, ownSettings } from './settings.js';

/** Annealed ALRIGHT's state: the share of DPO as its user wrote it, and the steps. */
export interface AnnealedState {
  readonly share: string;
  readonly steps: number;
}

const settings = z.object({
  share: z
    .string({ error: 'an expression of t and T, as in "t/T"' })
    .default('t/T')
    .meta({ description: 'probability of a step on DPO, an expression of t and T', value: 'p(t, T)' }),
});

/**
 * Annealed ALRIGHT: step t draws DPO with probability p(t, T), an expression, otherwise SFT. Sequential is "t > T/2",
 * ALRIGHT a constant. What it tends to is decided by p near T.
 */
export const annealed = {
  name: 'annealed',
  label: 'Annealed',
  description: 'DPO with a probability that changes with t, otherwise SFT',
  settings,
  init(given) {
    const steps = checkedSteps(given.steps);
    const { share } = ownSettings(settings, given);
    sharesOf(share, steps);
    return { share, steps };
  },
  distribution({ share, steps }, step) {
    const probability = sharesOf(share, steps)[step - 1];
    return [
      { choice: stepOn.dpo, probability },
      { choice: stepOn.sft, probability: 1 - probability },
    ];
  },
  kernel({ share, steps }) {
    const shares = sharesOf(share, steps);
    return { kind: 'draw', dpoProbability: (step) => shares[step - 1] };
  },
} as const satisfies Schedule<AnnealedState>;

/** The probabilities of DPO at steps 1 … T of one run. */
interface Shares {
  readonly share: string;
  readonly steps: number;
  readonly probabilities: Float64Array;
}

/** Those computed last, the latest first: an expression takes longer than a step of a run. */
const latest: Shares[] = [];

function sharesOf(share: string, steps: number): Float64Array {
  const known = latest.find((one) => one.steps === steps && one.share === share);
  if (known !== undefined) return known.probabilities;
  const probabilities = Float64Array.from({ length: steps }, (_, i) => shareAt(share, i + 1, steps));
  latest.unshift({ share, steps, probabilities });
  latest.length = Math.min(latest.length, 4);
  return probabilities;
}

/**
 * The probability p(t, T) that an expression denotes; a comparison that holds counts as 1.
 * Throws an InputError where it is no expression of t and T, or gives no number in [0, 1].
 */
export function shareAt(share: string, t: number, T: number): number {
  const value = parsed(share).evaluate([t, T]);
  if (!(value >= 0 && value <= 1)) {
    throw new InputError('share', share, `numbers in [0, 1]; at t = ${t} of ${T} it is ${value}`);
  }
  return value;
}

/** Expressions that were parsed, the last few. */
const known = new Map<string, ExpressionFunction>();

function parsed(share: string): ExpressionFunction {
  const found = known.get(share) ?? parseArithmetic('share', share, ['t', 'T']);
  if (known.size > 16) known.clear();
  known.set(share, found);
  return found;
}
