import type { Constants } from './constants.js';
import { distance, type Subject } from './subject.js';
import type { Extent, NotApplicable, Trial } from './theorem.js';

/**
 * The trials of a theorem that needs E‖g_i‖² ≤ G_i² over the domain, at every number of steps.
 * Quadratics on R^d have no such G_i, and expressions none that is known where interval arithmetic finds none.
 */
export function onBoundedGradients(
  subject: Subject,
  extent: Extent,
  trial: (steps: number) => Trial | readonly Trial[],
): readonly Trial[] | NotApplicable {
  const reason = unboundedGradients(subject);
  if (reason !== undefined) return reason;
  return extent.steps.flatMap(trial);
}

/** Why there is no G_i; undefined where both are known. */
export function unboundedGradients({ pair, bounds }: Subject): NotApplicable | undefined {
  if (bounds.dpo.gradientBound < Infinity && bounds.sft.gradientBound < Infinity) return undefined;
  return {
    reason:
      pair.radius === Infinity ? 'no bound on the gradients without a ball' : 'no bound on the gradients is known',
  };
}

/** G² = λ G_DPO² + (1 − λ) G_SFT²: ALRIGHT's step is on one objective, drawn. */
export function alrightBound({ lambda, bounds }: Subject): number {
  return Math.sqrt(lambda * bounds.dpo.gradientBound ** 2 + (1 - lambda) * bounds.sft.gradientBound ** 2);
}

/** λ G_DPO + (1 − λ) G_SFT: the norm of L²-valued sums is at most the sum of the norms (Minkowski). */
export function mixBound({ lambda, bounds }: Subject): number {
  return lambda * bounds.dpo.gradientBound + (1 - lambda) * bounds.sft.gradientBound;
}

/** T, α, D0 and G, with the α that makes the bound of the average least: α = D0 / (G √T). */
export function subgradientConstants(
  subject: Subject,
  minimizer: Float64Array,
  gradientBound: number,
  steps: number,
): Constants & { readonly alpha: number; readonly D0: number; readonly G: number; readonly T: number } {
  const start = distance(subject.pair.start, minimizer);
  // A start at the minimiser leaves every step size as good as another.
  const reach = start > 0 ? start : subject.pair.radius;
  return { T: steps, alpha: reach / (gradientBound * Math.sqrt(steps)), D0: start, G: gradientBound };
}
