import { gapAt, modulusOf } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import type { Remedy } from '../remedy/remedy.js';
import type { Setup } from '../remedy/setup.js';
import { inner, norm } from '../base/vector.js';
import { computed, type Measurement } from './measurement.js';
import { setupOf } from './remedy-setup.js';
import { bothOrders } from './sequential-limit.js';
import type { Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';
import type { Constants } from './constants.js';

/**
 * What the added term's gradient lacks of the weighted gradient of the first objective at a point θ̂:
 * w_1∇f_1(θ̂) − w_2κ∇h(θ̂), where stage two minimises f_2 + κh.
 */
export function residualOf(
  { problem, first, weightOfFirst, weightOfSecond }: Setup,
  term: ReturnType<NonNullable<Remedy['term']>> & object,
  at: Float64Array,
): Float64Array {
  const [own, added] = [new Float64Array(problem.dimension), new Float64Array(problem.dimension)];
  problem.objectives[first].gradient(at, own);
  term.function.gradient(at, added);
  return own.map((entry, i) => weightOfFirst * entry - weightOfSecond * term.weight * added[i]);
}

/** What the bounds on the limit of a remedy that adds a term may name. */
export function termConstants(setup: Setup, residual: Float64Array, at: Float64Array): Constants {
  const { radius } = setup.problem;
  return { residual: norm(residual), mu: modulusOf(setup), R: radius, along: inner(residual, at) };
}

/** The gap of a limit, and how far it may be off where the solver left the minimiser by its certificate. */
export function gapOfLimit(setup: Setup, minimizer: Float64Array, certificate: number, modulus: number): Measurement {
  const gap = gapAt(setup, minimizer);
  const { problem, lambda, optima } = setup;
  const [dpo, sft] = [new Float64Array(problem.dimension), new Float64Array(problem.dimension)];
  problem.objectives.dpo.gradient(minimizer, dpo);
  problem.objectives.sft.gradient(minimizer, sft);
  const slope = norm(dpo.map((entry, i) => lambda * entry + (1 - lambda) * sft[i]));
  const moved = modulus > 0 ? Math.sqrt((2 * certificate) / modulus) : certificate > 0 ? 1e-7 : 0;
  return computed(gap, 1e-10 * Math.max(1, gap) + optima.weightedSum.certificate + 4 * (slope + moved) * moved);
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
