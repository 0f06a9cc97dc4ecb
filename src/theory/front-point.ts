import { norm } from '../base/vector.js';
import { isReason, type Limit } from '../remedy/limit.js';
import type { Setup } from '../remedy/setup.js';
import { limitOfWeightedSum } from '../remedy/stage-two.js';
import { gapOfLimit } from './added-term.js';
import type { Constants } from './constants.js';
import { setupOf } from './remedy-setup.js';
import type { Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';

/** The weights ℓ of DPO that are tried beside λ. */
const others = (lambda: number): number[] => [lambda / 2, (1 + lambda) / 2];

/** A minimiser of F_ℓ with what the bounds on its gap in F_λ name. */
export function frontPoint(setup: Setup, ell: number): { limit: Limit; constants: Constants } | NotApplicable {
  const limit = limitOfWeightedSum(setup, ell);
  if (isReason(limit)) return limit;
  const { problem, lambda } = setup;
  const [dpo, sft] = [new Float64Array(problem.dimension), new Float64Array(problem.dimension)];
  problem.objectives.dpo.gradient(limit.minimizer, dpo);
  problem.objectives.sft.gradient(limit.minimizer, sft);
  return { limit, constants: { lambda, ell, difference: norm(dpo.map((entry, i) => entry - sft[i])) } };
}

/** Trials of a bound on the gap that minimisers of other weighted sums have. */
export function sharedGradientTrials(
  subject: Subject,
  own: (setup: Setup) => Constants | NotApplicable,
): readonly Trial[] | NotApplicable {
  const setup = setupOf(subject, 'sft-dpo');
  if (isReason(setup)) return setup;
  const more = own(setup);
  if (isReason(more)) return more;
  const { problem, lambda } = setup;
  return others(lambda).flatMap((ell): Trial[] => {
    const point = frontPoint(setup, ell);
    if (isReason(point)) return [];
    const { dpo, sft } = problem.objectives;
    const modulus = ell * dpo.constants.strongConvexity + (1 - ell) * sft.constants.strongConvexity;
    const { minimizer, certificate } = point.limit;
    return [
      {
        steps: 0,
        variant: `ℓ = ${ell.toPrecision(3)}`,
        constants: { ...point.constants, ...more },
        measure: () => gapOfLimit(setup, minimizer, certificate, modulus),
      },
    ];
  });
}
