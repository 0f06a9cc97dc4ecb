import type { CertifiedMinimum } from '../convex/optimum/minimum.js';
import { eigenbasis, minimizeModel, ontoBall } from '../convex/optimum/quadratic-model.js';
import { isSingleMinimizer } from '../convex/optimum/single-minimizer.js';
import type { ConvexFunction, Problem } from '../convex/problem/problem.js';
import type { ObjectiveName } from '../schedule/schedule.js';

/** What a remedy tends to. */
export interface Limit {
  readonly minimizer: Float64Array;
  /**
   * How far what the remedy minimises may lie above its minimum at the minimiser; of a combination of points, the largest
   * of theirs. Infinity where nothing is certified.
   */
  readonly certificate: number;
}

/** Why a remedy has no limit, or none that is computed. */
export interface NoLimit {
  readonly reason: string;
}

/** Whether something has no limit. */
export function isReason(found: unknown): found is NoLimit {
  return typeof found === 'object' && found !== null && 'reason' in found;
}

/** Of a function that has several minimisers, nothing says which one runs tend to. */
const severalMinimizers: NoLimit = {
  reason: 'what it minimises is not known to have a single minimiser: where runs end depends on their way',
};

/**
 * Where gradient steps on an objective end that start at a point: its minimiser, or, of a singular quadratic on R^d, the
 * minimiser that gradients lead to.
 */
export function limitFrom(
  problem: Problem,
  name: ObjectiveName,
  start: Float64Array,
  minimum: CertifiedMinimum,
): Limit | NoLimit {
  const { data, radius, dimension } = problem;
  const f = problem.objectives[name];
  if (data.kind !== 'quadratic' || radius < Infinity) return certifiedLimit(f, minimum, radius);
  const basis = eigenbasis(data.objectives[name].hessian, dimension);
  if (basis.values.every((value) => value > 0)) return minimum;
  const gradient = new Float64Array(dimension);
  f.gradient(start, gradient);
  const minimizer = minimizeModel(basis, start, gradient, radius);
  return { minimizer, certificate: Math.max(0, f.value(minimizer) - minimum.value) + minimum.certificate };
}

/** A certified minimum as the limit of a remedy that minimises the function, where it has a single minimiser. */
export function certifiedLimit(
  f: Pick<ConvexFunction, 'gradient' | 'hessian'>,
  { minimizer, certificate }: CertifiedMinimum,
  radius: number,
): Limit | NoLimit {
  return isSingleMinimizer(f, minimizer, radius) ? { minimizer, certificate } : severalMinimizers;
}

/** A point between two others, of which the larger certificate is its own. */
export function between(a: Limit, b: Limit, share: number, radius: number): Limit {
  const minimizer = a.minimizer.map((entry, i) => (1 - share) * entry + share * b.minimizer[i]);
  return { minimizer: ontoBall(minimizer, radius), certificate: Math.max(a.certificate, b.certificate) };
}
