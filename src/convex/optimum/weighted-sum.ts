import type { Problem } from '../problem/problem.js';
import { checkedLambda } from '../../schedule/settings.js';
import { minimize, type CertifiedMinimum } from './minimize.js';
import { weightedFunction } from './weighted-function.js';

/** A certified minimiser of F_λ, a point of the Pareto front for 0 < λ < 1. */
export interface WeightedSumMinimum extends CertifiedMinimum {
  readonly lambda: number;
  readonly dpo: number;
  readonly sft: number;
}

/**
 * A certified minimiser of F_λ = λ f_DPO + (1 − λ) f_SFT over the problem's domain.
 * @param start where the solver starts; the problem's start by default
 */
export function minimizeWeightedSum(problem: Problem, lambda: number, start = problem.start): WeightedSumMinimum {
  checkedLambda(lambda);
  const { dpo, sft } = problem.objectives;
  const modulus = lambda * dpo.constants.strongConvexity + (1 - lambda) * sft.constants.strongConvexity;
  const curvature = problem.data.kind === 'quadratic' ? 'quadratic' : modulus;
  const minimum = minimize(weightedFunction(problem, lambda), { start, radius: problem.radius, curvature });
  return { lambda, ...minimum, dpo: dpo.value(minimum.minimizer), sft: sft.value(minimum.minimizer) };
}

/** The smallest value of each objective alone, with its certificate and minimiser. */
export interface IdealPoint {
  readonly dpo: WeightedSumMinimum;
  readonly sft: WeightedSumMinimum;
}

/** The ideal point: f_DPO* and f_SFT*, each with a certified minimiser. */
export function idealPoint(problem: Problem): IdealPoint {
  return { dpo: minimizeWeightedSum(problem, 1), sft: minimizeWeightedSum(problem, 0) };
}

/** Certified minimisers of F_λ for every λ, each solve started from the last: samples of the Pareto front. */
export function paretoFront(problem: Problem, lambdas: readonly number[]): WeightedSumMinimum[] {
  let start = problem.start;
  return lambdas.map((lambda) => {
    const point = minimizeWeightedSum(problem, lambda, start);
    start = point.minimizer;
    return point;
  });
}
