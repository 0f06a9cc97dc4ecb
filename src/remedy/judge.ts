import { CheckFailed } from '../base/check-failed.js';
import { shortNumber } from '../base/text.js';
import { evaluatePrecisely, weightedFunction } from '../convex/optimum/weighted-function.js';
import { valuesAt, weightedModulus } from '../convex/optimum/weighted-sum.js';
import { eigenvalues } from '../convex/problem/positive-semidefinite.js';
import type { Pair } from '../schedule/schedule.js';
import type { Limit } from './limit.js';
import { once, type Setup } from './setup.js';

/** A limit with what it is worth. */
export interface JudgedLimit extends Limit, Pair {
  /** F_λ − min F_λ. */
  readonly gap: number;
  /** How much more the gap may be: the certificate of min F_λ, and the rounding of both values. */
  readonly gapCertificate: number;
}

/** A limit with both objective values and its gap. */
export function judged(setup: Setup, { minimizer, certificate }: Limit): JudgedLimit {
  const found = certifiedGapAt(setup, minimizer);
  const values = valuesAt(setup.problem, minimizer);
  return { minimizer, ...values, gap: found.gap, gapCertificate: found.certificate, certificate };
}

/** F_λ − min F_λ at a point; see `certifiedGapAt`. */
export function gapAt(setup: Setup, theta: Float64Array): number {
  return certifiedGapAt(setup, theta).gap;
}

/**
 * F_λ − min F_λ at a point in twice the precision of doubles, 0 where it is below by no more than the certificate, and how
 * much more it may be.
 * Throws `CheckFailed` where it lies below that.
 */
export function certifiedGapAt(setup: Setup, theta: Float64Array): { gap: number; certificate: number } {
  const { problem, lambda, optima } = setup;
  const { minimizer, certificate: ofMinimum } = optima.weightedSum;
  const f = weightedFunction(problem, lambda);
  const here = evaluatePrecisely(f, theta);
  const least = once(setup, 'precise minimum', () => evaluatePrecisely(f, minimizer));
  const gap = here.value[0] - least.value[0] + (here.value[1] - least.value[1]);
  const certificate = (ofMinimum + here.valueError + least.valueError) * (1 + 4 * Number.EPSILON);
  if (gap >= -certificate) return { gap: Math.max(0, gap), certificate };
  throw new CheckFailed(
    `a gap of ${shortNumber(gap)} lies below minus its certificate, ${shortNumber(certificate)}: an objective is not convex`,
  );
}

/** A modulus of strong convexity of F_λ; for quadratics its least eigenvalue, rounded down. */
export function modulusOf(setup: Setup): number {
  const { problem, lambda } = setup;
  return once(setup, 'modulus', () => {
    const { data, dimension } = problem;
    if (data.kind !== 'quadratic') return weightedModulus(problem, lambda);
    const { dpo, sft } = data.objectives;
    const hessian = dpo.hessian.map((entry, i) => lambda * entry + (1 - lambda) * sft.hessian[i]);
    const found = eigenvalues(hessian, dimension);
    return found[0] - 1e-13 * dimension * found[dimension - 1];
  });
}
