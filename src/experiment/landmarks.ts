import type { ProblemData } from '../convex/problem/data.js';
import type { Problem } from '../convex/problem/problem.js';
import type { Measures, Optima } from '../convex/simulate/measures.js';
import type { Laboratory } from './experiment.js';
import { piece, siblingModule } from './piece.js';

/** The optima of a problem at one λ, with the points that schedules converge to and the measures there. */
export interface Landmarks {
  readonly optima: Optima;
  /** θ_λ*, where Mix and ALRIGHT converge to. */
  readonly weightedSum: Landmark;
  /** θ°, where MAXRIGHT converges to. */
  readonly weightedMax: Landmark;
  /** The minimiser of one objective: where Sequential converges to when that one comes second. */
  readonly dpo: Landmark;
  readonly sft: Landmark;
}

/** The landmarks that are points, by name. */
export type LandmarkName = Exclude<keyof Landmarks, 'optima'>;

/** A certified minimiser and the measures at it. */
export interface Landmark {
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
export interface LandmarksTask {
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

/** The landmarks of a problem at one λ, solved once. */
export async function landmarks(laboratory: Laboratory, problem: Problem, lambda: number): Promise<Landmarks> {
  const found = await solved<Landmarks>(laboratory, 'landmarks', { data: problem.data, lambda });
  const { certificates } = found.optima;
  if (certificates === undefined) return found;
  // JSON has null for Infinity: what nothing certifies.
  const known = (certificate: number | null): number => certificate ?? Infinity;
  const { dpo, sft, weightedSum, weightedMax, rounding } = certificates;
  const each = { dpo: known(dpo), sft: known(sft), weightedSum: known(weightedSum), weightedMax: known(weightedMax) };
  return { ...found, optima: { ...found.optima, certificates: { ...each, rounding: known(rounding) } } };
}

/** `count` certified points of the Pareto front, those of the ascending λ among them, solved once. */
export function front(
  laboratory: Laboratory,
  problem: Problem,
  lambdas: readonly number[],
  count: number,
): Promise<FrontPoint[]> {
  return solved<FrontPoint[]>(laboratory, 'front', { data: problem.data, lambdas, count });
}

function solved<Result>(laboratory: Laboratory, name: string, task: LandmarksTask | FrontTask): Promise<Result> {
  return piece(laboratory, { module: solve, name }, task, (result: Result) => result);
}

const solve = siblingModule('./solve', import.meta.url);
