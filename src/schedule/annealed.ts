import * as z from 'zod';
import { InputError } from '../base/input-error.js';
import { parseArithmetic, type Arithmetic } from '../convex/expression/arithmetic.js';
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
    for (let t = 1; t <= steps; t++) shareAt(share, t, steps);
    return { share, steps };
  },
  distribution({ share, steps }, step) {
    const probability = shareAt(share, step, steps);
    return [
      { choice: stepOn.dpo, probability },
      { choice: stepOn.sft, probability: 1 - probability },
    ];
  },
} as const satisfies Schedule<AnnealedState>;

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
const known = new Map<string, Arithmetic>();

function parsed(share: string): Arithmetic {
  const found = known.get(share) ?? parseArithmetic('share', share, ['t', 'T']);
  if (known.size > 16) known.clear();
  known.set(share, found);
  return found;
}
