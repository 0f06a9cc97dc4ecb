import type { Problem } from '../problem/problem.js';
import { evaluatePrecisely } from '../optimum/weighted-function.js';
import { minimizeWeightedSum, type WeightedSumMinimum } from '../optimum/weighted-sum.js';
import { notAbove, notBelow } from './rounded.js';

/** A point of objective space: (f_DPO, f_SFT). */
export type Vertex = readonly [dpo: number, sft: number];

/** λ f_DPO + (1 − λ) f_SFT ≥ bound for every θ of the domain. */
export interface HalfPlane {
  readonly lambda: number;
  readonly bound: number;
}

/** What one certified minimum of F_λ says about the front: a point that is reached and a half-plane that holds all. */
export interface Support extends HalfPlane {
  readonly point: WeightedSumMinimum;
  /** (f_DPO, f_SFT) at the minimiser, both rounded up. */
  readonly reached: Vertex;
}

/** Solves for one λ. The bound is −Infinity where nothing certifies the minimum. */
export function support(problem: Problem, lambda: number, start = problem.start): Support {
  const point = minimizeWeightedSum(problem, lambda, start);
  const bound = point.certificate < Infinity ? notAbove([point.value, -point.certificate]) : -Infinity;
  return { lambda, bound, point, reached: reachedAt(problem, point.minimizer) };
}

/** (f_DPO, f_SFT) at θ, both rounded up. */
export function reachedAt({ objectives }: Problem, theta: Float64Array): Vertex {
  const [dpo, sft] = [evaluatePrecisely(objectives.dpo, theta), evaluatePrecisely(objectives.sft, theta)];
  return [notBelow(dpo.value, dpo.valueError), notBelow(sft.value, sft.valueError)];
}
