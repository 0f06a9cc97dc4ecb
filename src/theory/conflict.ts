import type { QuadraticData } from '../convex/problem/data.js';
import { computed } from './measurement.js';
import { bothOrders, limitGap, type OrderedObjectives } from './sequential-limit.js';
import { weightOf, type Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';

/**
 * The trials of the statements that bound Δ by the first objective's gradient at the second's optimum, for quadratics
 * whose second objective has one minimiser, at which its gradient is 0.
 * @param wants whether a statement speaks of an order; `descent` is θ_2* − ∇F_λ(θ_2*)/L_F
 */
export function conflictTrials(
  subject: Subject,
  wants: (descent: Float64Array, constants: { readonly mu: number; readonly L: number }) => boolean,
): readonly Trial[] | NotApplicable {
  const { problem, bounds, radius } = subject;
  if (problem?.data.kind !== 'quadratic') return { reason: 'it is checked on quadratics' };
  const { data } = problem;
  const weights = weightOf(subject);
  const mu = weights.dpo * bounds.dpo.strongConvexity + weights.sft * bounds.sft.strongConvexity;
  const L = weights.dpo * bounds.dpo.smoothness + weights.sft * bounds.sft.smoothness;
  const trials = bothOrders.flatMap((stages): Trial[] => {
    const optimum = data.objectives[stages.second].minimizer;
    if (bounds[stages.second].strongConvexity === 0 || Math.hypot(...optimum) > radius) return [];
    const { slope, descent } = slopeAt(subject, data, stages, L);
    if (!wants(descent, { mu, L })) return [];
    const Delta = limitGap(subject, { schedule: '', stepSizes: new Float64Array(0), order: stages.order });
    if (Delta === undefined) return [];
    const error = 1e-9 * Math.max(1, Math.abs(Delta)) + subject.weightedSum.certificate;
    const constants = { slope, mu, L };
    return [{ steps: 0, variant: stages.order, constants, measure: () => computed(Delta, error) }];
  });
  return trials.length > 0 ? trials : { reason: 'no second objective fulfils its conditions' };
}

/** w_1‖∇f_1(θ_2*)‖, which is ‖∇F_λ(θ_2*)‖, and the point that a step 1/L_F leads to. */
function slopeAt({ pair, ...subject }: Subject, data: QuadraticData, { first, second }: OrderedObjectives, L: number) {
  const optimum = data.objectives[second].minimizer;
  const weight = weightOf(subject)[first];
  const gradient = new Float64Array(data.dimension);
  pair.objectives[first].gradient(optimum, gradient);
  return {
    slope: weight * Math.hypot(...gradient),
    descent: optimum.map((entry, i) => entry - (weight * gradient[i]) / L),
  };
}
