import { InputError } from '../../base/input-error.js';
import type { Problem } from '../problem/problem.js';
import { isSingleMinimizer } from '../optimum/single-minimizer.js';
import type { WeightedSumMinimum } from '../optimum/weighted-sum.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import { around, distances, enclosure, errorOf, type Enclosure } from './enclosure.js';
import { noise } from './inner-chain.js';
import { normal } from './normal.js';
import { reachedAt, support, type Support } from './support.js';

/** A Pareto front between two polygons. */
export interface EnclosedFront extends Enclosure {
  readonly problem: Problem;
  /** What was solved for, by increasing f_DPO and so decreasing λ. */
  readonly supports: readonly Support[];
  /** How far the polygons are apart at most, in units of the ranges. */
  readonly error: number;
  /**
   * The point of the front farthest from the chord between its ends; of a front that is one point, that point; undefined
   * where the front is straight, so that no point is farther than another.
   */
  readonly knee: WeightedSumMinimum | undefined;
}

/** Options of `enclosedFront`. */
export interface FrontOptions {
  /** The error that is enough, relative to the ranges of the objectives along the front. */
  readonly error: number;
  /** The most solves, 2000 unless given: of a curved front the error falls with their square. */
  readonly mostSolves?: number;
  /** Called after every solve with the error so far. */
  readonly onProgress?: (solves: number, error: number) => void;
}

/**
 * The Pareto front of a problem between an inner and an outer polygon, to a relative error or until doubles allow no
 * more: a sandwich algorithm (Rote 1992), whose next λ is the normal of the inner edge from which the outer polygon is
 * farthest. Proved in docs/theory.md, statement F.
 *
 * Throws an InputError where the minimum of an objective is not certified, or the error takes too many solves.
 */
export function enclosedFront(problem: Problem, { error, mostSolves = 2000, onProgress }: FrontOptions): EnclosedFront {
  if (!(error > 0 && error < Infinity)) throw new InputError('error', error, 'a positive number');
  const ends = { dpo: certifiedEnd(problem, 'dpo'), sft: certifiedEnd(problem, 'sft') };
  const sizes = sizesOf(problem, [ends.dpo, ends.sft]);
  let supports: readonly Support[] = [ends.dpo, ends.sft];
  const add = (lambda: number): Support => {
    const added = support(problem, lambda, nearest(supports, lambda).point.minimizer);
    supports = sorted([...supports, added]);
    return added;
  };

  // Intervals of λ in which certificates, and not the polygons, decide how far these are apart.
  const exhausted: (readonly [number, number])[] = [];
  for (;;) {
    const all = distances(enclosure(supports, sizes));
    onProgress?.(
      supports.length,
      all.reduce((most, one) => Math.max(most, one.error), 0),
    );
    const open = all.filter(
      ({ lambda, error: distance }) =>
        distance > error &&
        supports.every((one) => one.lambda !== lambda) &&
        exhausted.every(([from, to]) => lambda <= from || lambda >= to),
    );
    if (open.length === 0) break;
    if (supports.length >= mostSolves) {
      const reached = Math.max(...all.map((one) => one.error)).toExponential(1);
      throw new InputError('error', error, `at least ${reached}, which ${mostSolves} solves reach on this problem`);
    }
    const { lambda, gap } = open.reduce((most, one) => (one.error > most.error ? one : most));
    const interval = around(supports, lambda);
    const { point } = add(lambda);
    if (!(point.certificate < gap / 2)) exhausted.push(interval);
  }
  for (const name of ['dpo', 'sft'] as const) closeFlatEnd(name);
  // The point farthest from the chord is least in the direction of its normal, whatever the scales of the objectives.
  const { inner } = enclosure(supports, sizes);
  const lambda = normal(inner[0], inner[inner.length - 1]) ?? 0.5;
  const knee = (supports.find((one) => one.lambda === lambda) ?? add(lambda)).point;
  const front = frontOf(problem, supports, sizes, isStraight(supports, sizes, knee) ? undefined : knee);
  requireCloser(front, error, sizes);
  return front;

  /**
   * Of an objective with many minimisers the solver's need not be on the front: solves for λ near its end until a point
   * as good for that objective betters the other.
   */
  function closeFlatEnd(name: ObjectiveName): void {
    const { point, reached } = ends[name];
    if (isSingleMinimizer(problem.objectives[name], point.minimizer, problem.radius)) return;
    const [at, other] = name === 'dpo' ? ([0, 'sft'] as const) : ([-1, 'dpo'] as const);
    const index = other === 'sft' ? 1 : 0;
    for (let round = 0; round < 4; round++) {
      const { inner, outer, ranges } = enclosure(supports, sizes);
      const bettered = reached[index] - (outer.at(at)?.[index] ?? NaN) > noise * ranges[other];
      if (inner.length < 2 || inner.at(at) !== reached || !bettered) return;
      const edge = name === 'dpo' ? inner.slice(0, 2) : inner.slice(-2);
      const slope = normal(edge[0], edge[1]);
      if (slope === undefined) return;
      // So near the end that what a smooth objective loses is its rounding.
      const next = name === 'dpo' ? 1 - Math.sqrt(noise) * (1 - slope) : Math.sqrt(noise) * slope;
      if (supports.some((one) => one.lambda === next)) return;
      add(next);
    }
  }
}

/** The front with one more λ solved for. */
export function refined(front: EnclosedFront, lambda: number): EnclosedFront {
  const { problem, supports, knee } = front;
  const added = support(problem, lambda, nearest(supports, lambda).point.minimizer);
  return frontOf(problem, sorted([...supports, added]), sizesOf(problem, supports), knee);
}

function frontOf(
  problem: Problem,
  supports: readonly Support[],
  sizes: Pair,
  knee: EnclosedFront['knee'],
): EnclosedFront {
  const enclosed = enclosure(supports, sizes);
  return { problem, supports, ...enclosed, error: errorOf(enclosed), knee };
}

/** A distance from the chord, as a part of its length, that is no more than rounding of the ends. */
const straight = 1e-9;

/** Whether the point that is farthest from the chord lies on it. */
function isStraight(supports: readonly Support[], sizes: Pair, { lambda, value }: WeightedSumMinimum): boolean {
  const { inner } = enclosure(supports, sizes);
  const [first, last] = [inner[0], inner[inner.length - 1]];
  const weighted = (dpo: number, sft: number): number => lambda * dpo + (1 - lambda) * sft;
  return inner.length > 1 && weighted(...first) - value <= straight * weighted(last[0] - first[0], first[1] - last[1]);
}

/** A certificate, relative to the values, with which a front that is a single point is still known as one. */
const pointlike = 1e-9;

/** Throws an InputError where the minima are certified so poorly that nothing is known of the front. */
function requireCloser({ error: reached, supports }: EnclosedFront, error: number, sizes: Pair): void {
  const certificate = Math.max(...supports.map(({ point }) => point.certificate));
  if (reached <= Math.max(1, error) || certificate <= pointlike * Math.max(1, sizes.dpo, sizes.sft)) return;
  throw new InputError('certificate', certificate, 'minima that are certified more closely than the front is long');
}

function certifiedEnd(problem: Problem, objective: ObjectiveName): Support {
  const end = support(problem, objective === 'dpo' ? 1 : 0);
  const { certificate, reason } = end.point;
  if (certificate < Infinity) return end;
  throw new InputError(`objectives.${objective}`, certificate, `a minimum that can be certified; ${reason ?? ''}`);
}

/** How large the values of the objectives are: at the start and at the ends of the front. */
function sizesOf(problem: Problem, supports: readonly Support[]): Pair {
  const points = [reachedAt(problem, problem.start), ...supports.map(({ reached }) => reached)];
  const [dpo, sft] = [0, 1].map((k) => Math.max(...points.map((values) => Math.abs(values[k]))));
  return { dpo, sft };
}

function nearest(supports: readonly Support[], lambda: number): Support {
  const distance = (one: Support): number => Math.abs(one.lambda - lambda);
  return supports.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

function sorted(supports: readonly Support[]): Support[] {
  return [...supports].sort((a, b) => b.lambda - a.lambda);
}
