import type { KeptBudget } from '../../schedule/schedule.js';
import { certifiedBound, type CertifiedBound } from '../../sdp/certified-bound.js';
import type { FunctionClass } from './function-class.js';
import type { Iterate } from './names.js';
import { budgetPlan } from './plan.js';
import { estimationProgramme, type EstimationProgramme } from './programme.js';
import { sufficientTolerance } from './settings.js';
import { solveEstimation, type EstimationSolution } from './solve-estimation.js';

/** The question of a budget: everything its programmes are made from. */
export interface BudgetQuestion {
  readonly kept: KeptBudget;
  readonly lambda: number;
  readonly stepSizes: Float64Array;
  readonly iterate: Iterate;
  readonly functionClass: FunctionClass;
  readonly distance: number;
}

/** One sequence of choices with the certified bound of its programme. */
export interface BudgetPattern {
  /** For every step, whether it is on the first objective. */
  readonly above: readonly boolean[];
  readonly estimation: EstimationProgramme;
  readonly solution: EstimationSolution;
  readonly certificate: CertifiedBound;
}

/** The programme of one sequence of choices of a budget. */
export function budgetProgramme(
  { kept, lambda, stepSizes, iterate, functionClass, distance }: BudgetQuestion,
  above: readonly boolean[],
  margin: number,
): EstimationProgramme {
  const plan = budgetPlan(kept, stepSizes, iterate, above);
  return estimationProgramme(plan, lambda, functionClass, distance, { kind: 'open' }, margin);
}

/**
 * The programmes of all sequences of choices of a budget, those of the largest bound first. Which steps are on the first
 * objective is linear in the values, and nothing is asked of the comparator but that the budget allows it.
 */
export function budgetPatterns(
  question: BudgetQuestion,
  margin: number,
  onProgress?: (share: number) => void,
): readonly BudgetPattern[] {
  const { kept, stepSizes, functionClass, distance } = question;
  const { length } = stepSizes;
  // By statement B not all steps are on the first objective: only in the limit, at the threshold, can they be.
  const enough = kept.tolerance >= sufficientTolerance(stepSizes, functionClass, distance) * (1 - 1e-13);
  const count = enough ? 2 ** length - 1 : 2 ** length;
  const patterns = Array.from({ length: count }, (_, code): BudgetPattern => {
    const above = Array.from({ length }, (__, t) => ((code >> t) & 1) === 1);
    const estimation = budgetProgramme(question, above, margin);
    const solution = solveEstimation(estimation);
    onProgress?.((code + 1) / count);
    return { above, estimation, solution, certificate: certifiedBound(estimation, solution.multipliers) };
  });
  return patterns.sort((a, b) => b.certificate.bound - a.certificate.bound);
}
