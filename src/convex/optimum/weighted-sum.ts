import type { ConvexFunction, ObjectivePair, Problem } from '../problem/problem.js';
import type { Pair } from '../../schedule/schedule.js';
import { checkedLambda } from '../../schedule/settings.js';
import { minimize } from './minimize.js';
import type { CertifiedMinimum } from './minimum.js';
import { minimizeQuadratic } from './minimize-quadratic.js';
import { evaluatePrecisely, weightedFunction } from './weighted-function.js';

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
  const { data, radius } = problem;
  const f = weightedFunction(problem, lambda);
  const minimum =
    data.kind === 'quadratic'
      ? minimizeQuadratic(data, lambda, f, start)
      : minimize(f, {
          start,
          radius,
          modulus: weightedModulus(problem, lambda),
          nonsmooth: data.kind === 'expression',
        });
  return { lambda, ...minimum, ...valuesAt(problem, minimum.minimizer) };
}

/** A modulus of strong convexity of F_λ, rounded down. */
export function weightedModulus({ objectives: { dpo, sft } }: ObjectivePair, lambda: number): number {
  const modulus = lambda * dpo.constants.strongConvexity + (1 - lambda) * sft.constants.strongConvexity;
  return modulus * (1 - 4 * Number.EPSILON);
}

/** Both objective values at a point, each the double nearest to it as far as that is known. */
export function valuesAt({ objectives }: ObjectivePair, theta: Float64Array): Pair {
  const at = (objective: ConvexFunction): number => {
    const [high, low] = evaluatePrecisely(objective, theta).value;
    return high + low;
  };
  return { dpo: at(objectives.dpo), sft: at(objectives.sft) };
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
