import { minimizeChebyshev, type ChebyshevMinimum } from '../optimum/chebyshev.js';
import { idealPoint, minimizeWeightedSum, type IdealPoint, type WeightedSumMinimum } from '../optimum/weighted-sum.js';
import type { Problem } from '../problem/problem.js';
import { valueRounding } from './certified-gap.js';
import { InputError } from '../../base/input-error.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import type { Optima, OptimaCertificates } from './optimal-values.js';

/** The certified solutions behind the optima that runs are measured against. */
export interface CertifiedOptima {
  readonly ideal: IdealPoint;
  readonly weightedSum: WeightedSumMinimum;
  readonly chebyshev: ChebyshevMinimum;
  /** Their values alone. */
  readonly values: Optima;
}

/**
 * The ideal point with values that the user gives in place of those found.
 * Throws an InputError where one contradicts the certified bounds: a lower value was found, or proved impossible.
 */
export function givenIdeal(problem: Problem, given: Pair): IdealPoint {
  const found = idealPoint(problem);
  const at = (name: ObjectiveName): WeightedSumMinimum => {
    const { value, certificate } = found[name];
    const slack = 1e-9 * Math.max(Math.abs(value), Math.abs(given[name])) + Number.MIN_VALUE;
    if (given[name] > value + slack)
      throw new InputError('optimum', given[name], `at most ${value} for ${name}, a value that the objective takes`);
    if (given[name] < value - certificate - slack)
      throw new InputError('optimum', given[name], `at least ${value - certificate} for ${name}, as certified`);
    const { lambda, minimizer, dpo, sft } = found[name];
    return { lambda, minimizer, dpo, sft, value: given[name], certificate: 0 };
  };
  return { dpo: at('dpo'), sft: at('sft') };
}

/** The ideal point and the minima of F_λ and F_max of a problem, certified. */
export function certifiedOptima(problem: Problem, lambda: number, ideal = idealPoint(problem)): CertifiedOptima {
  // At λ = 0 and 1 the weighted sum is one objective, whose optimum may have been given.
  const weightedSum = lambda === 0 ? ideal.sft : lambda === 1 ? ideal.dpo : minimizeWeightedSum(problem, lambda);
  const chebyshev = minimizeChebyshev(problem, lambda, ideal);
  const values = {
    lambda,
    ideal: { dpo: ideal.dpo.value, sft: ideal.sft.value },
    weightedSum: weightedSum.value,
    chebyshev: chebyshev.value,
    certificates: optimaCertificates(problem, lambda, { ideal, weightedSum, chebyshev }),
  };
  return { ideal, weightedSum, chebyshev, values };
}

/** The certificates of solved optima, and how far rounding takes values around them. */
export function optimaCertificates(
  problem: Problem,
  lambda: number,
  { ideal, weightedSum, chebyshev }: CertifiedPoints,
): OptimaCertificates {
  return {
    dpo: ideal.dpo.certificate,
    sft: ideal.sft.certificate,
    weightedSum: weightedSum.certificate,
    chebyshev: chebyshev.certificate,
    rounding: valueRounding(problem, lambda, [problem.start, weightedSum.minimizer, chebyshev.minimizer]),
  };
}

type Certified = Pick<WeightedSumMinimum, 'minimizer' | 'certificate'>;

interface CertifiedPoints {
  readonly ideal: Readonly<Record<ObjectiveName, Pick<Certified, 'certificate'>>>;
  readonly weightedSum: Certified;
  readonly chebyshev: Certified;
}
