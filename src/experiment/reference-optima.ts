import type { ProblemData } from '../convex/problem/data.js';
import type { Problem } from '../convex/problem/problem.js';
import type { Measures, Optima } from '../convex/simulate/measures.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** The optima of a problem at one λ, with the points that schedules converge to and the measures there. */
export interface ReferenceOptima {
  readonly optima: Optima;
  /** θ_λ*, where Mix and ALRIGHT converge to. */
  readonly weightedSum: ReferenceOptimum;
  /** θ°, where MAXRIGHT converges to. */
  readonly chebyshev: ReferenceOptimum;
  /** The minimiser of one objective: where Sequential converges to when that one comes second. */
  readonly dpo: ReferenceOptimum;
  readonly sft: ReferenceOptimum;
}

/** The reference optima that are points, by name. */
export type ReferenceOptimumName = Exclude<keyof ReferenceOptima, 'optima'>;

/** A certified minimiser and the measures at it. */
export interface ReferenceOptimum {
  readonly point: readonly number[];
  readonly measures: Measures;
  readonly certificate: number;
}

/** A certified point of the Pareto front. */
export interface FrontPoint {
  readonly lambda: number;
  readonly dpo: number;
  readonly sft: number;
  readonly certificate: number;
}

/** Plain data for a worker. */
export interface ReferenceOptimaTask {
  readonly data: ProblemData;
  readonly lambda: number;
}

/** Plain data for a worker. */
export interface FrontTask {
  readonly data: ProblemData;
  /** The λ to solve for in any case, ascending. */
  readonly lambdas: readonly number[];
  /** How many points in all. */
  readonly count: number;
}

/** The reference optima of a problem at one λ, solved once. */
export async function referenceOptima(
  context: ExperimentContext,
  problem: Problem,
  lambda: number,
): Promise<ReferenceOptima> {
  const found = await solved<ReferenceOptima>(context, 'referenceOptima', { data: problem.data, lambda });
  const { certificates } = found.optima;
  if (certificates === undefined) return found;
  // JSON has null for Infinity: what nothing certifies.
  const known = (certificate: number | null): number => certificate ?? Infinity;
  const { dpo, sft, weightedSum, chebyshev, rounding } = certificates;
  const each = { dpo: known(dpo), sft: known(sft), weightedSum: known(weightedSum), chebyshev: known(chebyshev) };
  return { ...found, optima: { ...found.optima, certificates: { ...each, rounding: known(rounding) } } };
}

/** `count` certified points of the Pareto front, those of the ascending λ among them, solved once. */
export function front(
  context: ExperimentContext,
  problem: Problem,
  lambdas: readonly number[],
  count: number,
): Promise<FrontPoint[]> {
  return solved<FrontPoint[]>(context, 'front', { data: problem.data, lambdas, count });
}

function solved<Result>(
  context: ExperimentContext,
  name: string,
  task: ReferenceOptimaTask | FrontTask,
): Promise<Result> {
  return taskResult(context, { module: solve, name }, task, (result: Result) => result);
}

const solve = siblingModule('./solve', import.meta.url);
