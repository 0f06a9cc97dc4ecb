import type { Setting } from './subject.js';
import type { NotApplicable } from './theorem.js';

/**
 * Why there is no G_i with E‖g_i‖² ≤ G_i² over the domain; undefined where both are known.
 * Quadratics on R^d have none, and expressions none that is known where interval arithmetic finds none.
 */
export function unboundedGradients({ radius, bounds }: Setting): NotApplicable | undefined {
  if (bounds.dpo.gradientBound < Infinity && bounds.sft.gradientBound < Infinity) return undefined;
  return {
    reason: radius === Infinity ? 'no bound on the gradients without a ball' : 'no bound on the gradients is known',
  };
}

/** G² = λ G_DPO² + (1 − λ) G_SFT²: ALRIGHT's step is on one objective, drawn. */
export function alrightBound({ lambda, bounds }: Setting): number {
  return Math.sqrt(lambda * bounds.dpo.gradientBound ** 2 + (1 - lambda) * bounds.sft.gradientBound ** 2);
}

/** λ G_DPO + (1 − λ) G_SFT: the norm of L²-valued sums is at most the sum of the norms (Minkowski). */
export function mixBound({ lambda, bounds }: Setting): number {
  return lambda * bounds.dpo.gradientBound + (1 - lambda) * bounds.sft.gradientBound;
}

/** max G_i: MAXRIGHT may step on either. */
export function maxrightBound({ bounds }: Setting): number {
  return Math.max(bounds.dpo.gradientBound, bounds.sft.gradientBound);
}
