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

/** The constants of two objectives at one λ: of a problem, or of all pairs of a class of functions. */
export interface Setting {
  readonly lambda: number;
  /** Of the ball Θ; Infinity for R^d. */
  readonly radius: number;
  readonly bounds: Readonly<Record<ObjectiveName, ObjectiveBounds>>;
  /** ‖θ_1 − minimiser‖ for the minimisers of F_λ and of F_max. */
  readonly distances: { readonly weightedSum: number; readonly chebyshev: number };
}

/** What a theorem is checked on: two objectives at one λ, with their minima and constants. */
export interface Subject extends Setting {
  readonly name: string;
  readonly pair: ObjectivePair;
  /** The problem file's problem; absent for a pair that no file describes. */
  readonly problem?: Problem;
  /** f_DPO*, f_SFT* with their minimisers. */
  readonly ideal: Readonly<Record<ObjectiveName, Minimum>>;
  /** Of F_λ. */
  readonly weightedSum: Minimum;
  /** Of F_max. */
  readonly chebyshev: Minimum;
  /** The pair as a formula, where statements are proved for it alone. */
  readonly form?: PairForm;
}

/** Pairs that statements of their own speak of. */
export type PairForm =
  /** f_DPO = f_SFT = the largest of so many coordinates, M = R = 1 (statement W). */
  | { readonly kind: 'max-of-coordinates'; readonly coordinates: number }
  /** slope · x ± y on a ball, a minibatch seeing (slope ± 1) x ± y ("The bias is real"). */
  | { readonly kind: 'tilted'; readonly slope: number };

/** Whether a setting is that of a problem rather than of a class. */
export function isSubject(setting: Setting): setting is Subject {
  return 'pair' in setting;
}

/** A pair with its minima and constants as a subject. */
export function subjectOfPair(parts: Omit<Subject, 'radius' | 'distances'>): Subject {
  const { pair, weightedSum, chebyshev } = parts;
  const distances = {
    weightedSum: distance(pair.start, weightedSum.minimizer),
    chebyshev: distance(pair.start, chebyshev.minimizer),
  };
  return { ...parts, radius: pair.radius, distances };
}

/** A problem at one λ as a subject: minima certified, constants computed. */
export function problemSubject(name: string, problem: Problem, lambda: number): Subject {
  const { ideal, weightedSum, chebyshev } = certifiedOptima(problem, lambda);
  const bounds = objectiveBounds(problem);
  return subjectOfPair({ name, pair: problem, problem, lambda, ideal, weightedSum, chebyshev, bounds });
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
