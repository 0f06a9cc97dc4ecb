import { gapAt, modulusOf } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import type { AddedTerm, Remedy } from '../remedy/remedy.js';
import type { Setup } from '../remedy/setup.js';
import { inner, norm } from '../base/vector.js';
import { evaluatePrecisely } from '../convex/optimum/weighted-function.js';
import type { ConvexFunction } from '../convex/problem/problem.js';
import { computed, type Measurement } from './measurement.js';
import { setupOf } from './remedy-setup.js';
import { bothOrders } from './sequential-limit.js';
import type { Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';
import type { Constants } from './constants.js';

/** A gradient, and a bound on its rounding. */
interface Residual {
  readonly vector: Float64Array;
  readonly error: number;
}

/**
 * What the added term's gradient lacks of the weighted gradient of the first objective at a point θ̂:
 * w_1∇f_1(θ̂) − w_2κ∇h(θ̂), where stage two minimises f_2 + κh.
 */
export function residualOf(
  { problem, first, weightOfFirst, weightOfSecond }: Setup,
  { weight, function: added }: AddedTerm,
  at: Float64Array,
): Residual {
  return combined(at, [problem.objectives[first], weightOfFirst], [added, -weightOfSecond * weight]);
}

/** ∇F_λ at a point: what the point lacks of a minimiser, as the residual of the term that keeps f_2's gradient there as it is. */
export function gradientOfWeightedSum({ problem, lambda }: Setup, at: Float64Array): Residual {
  return combined(at, [problem.objectives.dpo, lambda], [problem.objectives.sft, 1 - lambda]);
}

function combined(at: Float64Array, ...terms: readonly (readonly [ConvexFunction, number])[]): Residual {
  const vector = new Float64Array(at.length);
  let error = 0;
  for (const [f, weight] of terms) {
    const { gradient, gradientError } = evaluatePrecisely(f, at);
    gradient.high.forEach((entry, i) => (vector[i] += weight * entry));
    error += Math.abs(weight) * (gradientError + 4 * Number.EPSILON * norm(gradient.high));
  }
  return { vector, error };
}

/** What the bounds on the limit of a remedy that adds a term may name; the residual is rounded up. */
export function termConstants(setup: Setup, { vector, error }: Residual, at: Float64Array): Constants {
  const { radius } = setup.problem;
  const along = inner(vector, at) + (error + 4 * Number.EPSILON * norm(vector)) * norm(at);
  return { residual: norm(vector) * (1 + 4 * Number.EPSILON) + error, mu: modulusOf(setup), R: radius, along };
}

/** The gap of a limit, and how far it may be off where the solver left the minimiser by its certificate. */
export function gapOfLimit(setup: Setup, minimizer: Float64Array, certificate: number, modulus: number): Measurement {
  const gap = gapAt(setup, minimizer);
  const slope = norm(gradientOfWeightedSum(setup, minimizer).vector);
  const moved = modulus > 0 ? Math.sqrt((2 * certificate) / modulus) : certificate > 0 ? 1e-7 : 0;
  return computed(gap, 1e-10 * Math.max(1, gap) + setup.optima.weightedSum.certificate + 4 * (slope + moved) * moved);
}

/** The trials of a bound on what remedies with an added term lead to, by theory's parameter and by one that is not. */
export function termTrials(
  subject: Subject,
  remedies: readonly Remedy<number>[],
  needs: (setup: Setup) => NotApplicable | undefined,
): readonly Trial[] | NotApplicable {
  let silence: NotApplicable | undefined;
  const trials = bothOrders.flatMap(({ order }): Trial[] => {
    const setup = setupOf(subject, order);
    const reason = isReason(setup) ? setup : needs(setup);
    if (isReason(setup) || reason !== undefined) {
      silence ??= reason;
      return [];
    }
    return remedies.flatMap((remedy) => {
      if (remedy.missing?.(setup) !== undefined) return [];
      const byTheory = remedy.parameter?.theory?.(setup);
      if (typeof byTheory !== 'number') return [];
      return [byTheory, 0.3 * byTheory].flatMap((value): Trial[] => {
        const [limit, term] = [remedy.limit(setup, value), remedy.term?.(setup, value)];
        if (isReason(limit) || term === undefined) return [];
        const { minimizer, certificate } = limit;
        const constants = termConstants(setup, residualOf(setup, term, minimizer), minimizer);
        const modulus = setup.problem.objectives[setup.second].constants.strongConvexity;
        return [
          {
            steps: 0,
            variant: `${remedy.name} ${value.toPrecision(3)}, ${order}`,
            constants,
            measure: () => gapOfLimit(setup, minimizer, certificate, modulus),
          },
        ];
      });
    });
  });
  return trials.length > 0 ? trials : (silence ?? { reason: 'no remedy that adds a term has a limit here' });
}
