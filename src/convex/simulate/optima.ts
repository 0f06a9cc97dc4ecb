import { minimizeWeightedMax, type WeightedMaxMinimum } from '../optimum/weighted-max.js';
import { idealPoint, minimizeWeightedSum, type IdealPoint, type WeightedSumMinimum } from '../optimum/weighted-sum.js';
import type { Problem } from '../problem/problem.js';
import type { Optima } from './measures.js';

/** The certified solutions behind the optima that runs are measured against. */
export interface CertifiedOptima {
  readonly ideal: IdealPoint;
  readonly weightedSum: WeightedSumMinimum;
  readonly weightedMax: WeightedMaxMinimum;
  /** Their values alone. */
  readonly values: Optima;
}

/** The ideal point and the minima of F_λ and F_max of a problem, certified. */
export function certifiedOptima(problem: Problem, lambda: number, ideal = idealPoint(problem)): CertifiedOptima {
  const weightedSum = minimizeWeightedSum(problem, lambda);
  const weightedMax = minimizeWeightedMax(problem, lambda, ideal);
  const values = {
    lambda,
    ideal: { dpo: ideal.dpo.value, sft: ideal.sft.value },
    weightedSum: weightedSum.value,
    weightedMax: weightedMax.value,
  };
  return { ideal, weightedSum, weightedMax, values };
}
