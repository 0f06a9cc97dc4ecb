import type { CombiningChoice, Gram, Pair, Schedule } from './schedule.js';

/** MGDA remembers nothing. */
export type MgdaState = Readonly<Record<string, never>>;

/**
 * MGDA (Désidéri 2012): a step along the shortest vector of the segment between the two gradients, which points down for
 * both objectives. It ends at a Pareto-stationary point that λ does not choose, and never leaves a minimiser of one.
 */
export const mgda = {
  name: 'mgda',
  label: 'MGDA',
  description: 'the shortest convex combination of both gradients',
  init: () => ({}),
  distribution: () => [{ choice: shortest, probability: 1 }],
} as const satisfies Schedule<MgdaState>;

const shortest: CombiningChoice = { weigh: weightsOfShortest };

/** The weights of the shortest vector γ g_DPO + (1 − γ) g_SFT, γ in [0, 1]. */
export function weightsOfShortest({ dpo, sft, inner }: Gram): Pair {
  // ‖g_DPO − g_SFT‖²; gradients that are equal are their own shortest combination.
  const distance = dpo - 2 * inner + sft;
  const share = distance > 0 ? Math.min(1, Math.max(0, (sft - inner) / distance)) : 0.5;
  return { dpo: share, sft: 1 - share };
}
