import type { ObjectivePair, Problem } from '../convex/problem/problem.js';
import type { ObjectiveName, Pair } from '../schedule/schedule.js';
import { certifiedOptima } from '../convex/simulate/optima.js';
import { objectiveBounds, type ObjectiveBounds } from './objective-bounds.js';

/** A minimiser and a bound on how far its value is above the minimum. */
export interface Minimum {
  readonly minimizer: Float64Array;
  readonly value: number;
  readonly certificate: number;
}

/** What a theorem is checked on: two objectives at one λ, with their minima and constants. */
export interface Subject {
  readonly name: string;
  readonly pair: ObjectivePair;
  /** The problem file's problem; absent for a pair that no file describes. */
  readonly problem?: Problem;
  readonly lambda: number;
  /** f_DPO*, f_SFT* with their minimisers. */
  readonly ideal: Readonly<Record<ObjectiveName, Minimum>>;
  /** Of F_λ. */
  readonly weightedSum: Minimum;
  /** Of F_max. */
  readonly weightedMax: Minimum;
  readonly bounds: Readonly<Record<ObjectiveName, ObjectiveBounds>>;
  /** A special purpose: the theorem that the pair was made for. */
  readonly madeFor?: string;
}

/** A problem at one λ as a subject: minima certified, constants computed. */
export function problemSubject(name: string, problem: Problem, lambda: number): Subject {
  const { ideal, weightedSum, weightedMax } = certifiedOptima(problem, lambda);
  return { name, pair: problem, problem, lambda, ideal, weightedSum, weightedMax, bounds: objectiveBounds(problem) };
}

/** (f_DPO*, f_SFT*). */
export function idealValues({ ideal }: Subject): Pair {
  return { dpo: ideal.dpo.value, sft: ideal.sft.value };
}

/** The weight of each objective in F_λ. */
export function weightOf({ lambda }: { lambda: number }): Pair {
  return { dpo: lambda, sft: 1 - lambda };
}

/** Euclidean distance. */
export function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((entry, i) => entry - b[i]));
}
