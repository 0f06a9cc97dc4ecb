import { InputError } from '../../base/input-error.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { add, point, type Interval } from '../expression/interval.js';
import { between } from './between.js';
import { refined, type EnclosedFront } from './enclosed-front.js';
import { lowerLeftHull } from './inner-chain.js';
import { leastValue } from './least-value.js';
import { multipliers } from './multipliers.js';
import { normal } from './normal.js';
import type { Support, Vertex } from './support.js';

/** What may be lost: how much f_SFT may exceed its minimum, or how large one of the objectives may be. */
export type Budget =
  { readonly forgetAtMost: number } | { readonly sftAtMost: number } | { readonly dpoAtMost: number };

/** Two numbers that the true one lies between; `upper` is Infinity where nothing is known to be within the budget. */
export interface Enclosed {
  readonly lower: number;
  readonly upper: number;
}

/** The point of the front that a budget asks for. */
export interface FrontChoice {
  /** Holds every λ whose F_λ is least at the constrained minimum. */
  readonly lambda: readonly [low: number, high: number];
  /** Is within the budget, and has the upper value of the objective that is minimised. */
  readonly minimizer: Float64Array;
  /** The least f_DPO within the budget, enclosed; or what f_DPO may be at most. */
  readonly dpo: Enclosed | number;
  /** What f_SFT may be at most; or the least f_SFT within the budget, enclosed. */
  readonly sft: number | Enclosed;
  /** df_SFT/df_DPO = −λ/(1 − λ) along the front, in the middle of the interval of λ. */
  readonly exchangeRate: number;
}

/** A choice, and the front with what was solved for to make it. */
export interface ChosenOnFront {
  readonly choice: FrontChoice;
  readonly front: EnclosedFront;
}

/**
 * The least value of one objective where the other is within a budget, enclosed, with the λ and θ that give it. Solves for
 * more λ near it: until the enclosure is a thousandth of the front's error and the exchange rate is known to `error`, or
 * as far as doubles and a corner of the front allow.
 *
 * Throws an InputError where the budget is outside the range that the front covers.
 * @param error how well the exchange rate is to be known, relative to it; the front's own error unless given
 */
export function chooseOnFront(front: EnclosedFront, budget: Budget, error = front.error): ChosenOnFront {
  const asked = limitOf(front, budget);
  const closed = closedIn(front, asked);
  const { front: narrowed, lambda } = narrow(closed, asked, Math.max(error, 1e-9));
  const { lower, upper, minimizer } = enclosed(narrowed, asked);
  const middle = (lambda[0] + lambda[1]) / 2;
  const least = { lower, upper };
  const losses = asked.of === 'dpo' ? { dpo: least, sft: asked.limit } : { dpo: asked.limit, sft: least };
  return { choice: { lambda, minimizer, ...losses, exchangeRate: -middle / (1 - middle) }, front: narrowed };
}

/** The front with polygons that nearly meet at the limit: each next λ is the normal of the inner edge there. */
function closedIn(front: EnclosedFront, asked: BudgetLimit): EnclosedFront {
  const enough = (front.ranges[asked.of] * front.error) / 1000;
  let current = front;
  let found = enclosed(current, asked);
  for (let solves = 0; solves < 40 && found.edge !== undefined && found.upper - found.lower > enough; solves++) {
    const lambda = normal(...cornersOf(found.edge));
    if (lambda === undefined || current.supports.some((one) => one.lambda === lambda)) break;
    current = refined(current, lambda);
    const before = found.upper - found.lower;
    found = enclosed(current, asked);
    if (solves > 2 && !(found.upper - found.lower < 0.9 * before)) break;
  }
  return current;
}

/** The front with so many λ more that those of the choice are known to a relative error of the exchange rate. */
function narrow(
  front: EnclosedFront,
  asked: BudgetLimit,
  error: number,
): { front: EnclosedFront; lambda: readonly [number, number] } {
  const intervalOf = ({ supports }: EnclosedFront): readonly [number, number] => {
    const reached = supports.map((each) => each.reached);
    return multipliers(reached, asked.of, spentOf(supports, asked), leastValue(supports, asked.of, asked.limits.high));
  };
  let current = front;
  let lambda = intervalOf(front);
  for (let round = 0; round < 8; round++) {
    const { edge } = enclosed(current, asked);
    const guess = edge === undefined ? (lambda[0] + lambda[1]) / 2 : interpolated(edge);
    const centre = Math.min(lambda[1], Math.max(lambda[0], guess));
    const reach = error * centre * (1 - centre);
    const width = lambda[1] - lambda[0];
    if (width <= 3 * reach) break;
    for (const next of [centre - reach, centre + reach]) {
      const isNew = next > lambda[0] && next < lambda[1] && current.supports.every((one) => one.lambda !== next);
      if (isNew) current = refined(current, next);
    }
    lambda = intervalOf(current);
    if (round > 2 && !(lambda[1] - lambda[0] < 0.9 * width)) break;
  }
  return { front: current, lambda };
}

/**
 * An interval that holds what the constrained minimum has of the limited objective: the limit, or less where a limit at the
 * end of the front, which is known to its certificates alone, does not bind.
 */
function spentOf(supports: readonly Support[], { limited, of, limits }: BudgetLimit): Interval {
  const least = Math.min(...supports.map(({ reached }) => reached[of === 'dpo' ? 0 : 1]));
  return { low: Math.min(limits.low, leastValue(supports, limited, least)), high: limits.high };
}

/** A budget as a limit of one objective. */
interface BudgetLimit {
  readonly limited: ObjectiveName;
  /** The objective that is minimised. */
  readonly of: ObjectiveName;
  readonly limit: number;
  /** Holds the exact limit, which what is not known of f_SFT* makes uncertain where it is relative to that. */
  readonly limits: Interval;
}

function limitOf(front: EnclosedFront, budget: Budget): BudgetLimit {
  const { inner, supports } = front;
  if ('forgetAtMost' in budget) {
    const { forgetAtMost } = budget;
    const end = supports[supports.length - 1];
    const { value } = end.point;
    checkWithin('forget-at-most', forgetAtMost, 0, Math.max(0, inner[0][1] - value));
    const least = Math.min(...supports.map(({ reached }) => reached[1]));
    const limits = add(point(forgetAtMost), { low: end.bound, high: least });
    return { limited: 'sft', of: 'dpo', limit: value + forgetAtMost, limits };
  }
  const [limited, limit] =
    'sftAtMost' in budget ? (['sft', budget.sftAtMost] as const) : (['dpo', budget.dpoAtMost] as const);
  if (limited === 'sft') checkWithin('sft-at-most', limit, supports[supports.length - 1].bound, inner[0][1]);
  else checkWithin('dpo-at-most', limit, supports[0].bound, inner[inner.length - 1][0]);
  return { limited, of: limited === 'sft' ? 'dpo' : 'sft', limit, limits: point(limit) };
}

function checkWithin(field: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new InputError(field, value, `a number in the range of the front, [${least}, ${most}]`);
}

/** The inner edge at the limit, from its end within to its end beyond it, and how far along that is. */
interface Edge {
  readonly within: Support;
  readonly beyond: Support;
  readonly share: number;
}

/** The ends of an edge by increasing f_DPO. */
function cornersOf({ within, beyond }: Edge): readonly [Vertex, Vertex] {
  const [a, b] = [within.reached, beyond.reached];
  return a[0] < b[0] ? [a, b] : [b, a];
}

/** About the λ of the front at the limit. */
function interpolated({ within, beyond, share }: Edge): number {
  return within.lambda + share * (beyond.lambda - within.lambda);
}

/** The least value within the limit, enclosed, a θ that has the upper one, and the inner edge at the limit. */
function enclosed(
  { problem, supports }: EnclosedFront,
  { limited, of, limits }: BudgetLimit,
): { readonly lower: number; readonly upper: number; readonly minimizer: Float64Array; readonly edge?: Edge } {
  const hull = lowerLeftHull(supports.map(({ reached }) => reached));
  // From what is least in the limited objective to what is most.
  const rising = limited === 'sft' ? hull.reverse() : hull;
  const index = limited === 'sft' ? 1 : 0;
  const position = rising.findLastIndex((vertex) => vertex[index] <= limits.low);
  const lower = leastValue(supports, of, limits.high);
  const supportAt = (vertex: Vertex): Support => {
    const found = supports.find(({ reached }) => reached === vertex);
    if (found === undefined) throw new Error('a vertex of the hull that no support has');
    return found;
  };
  // Nothing is known to be within the limit.
  if (position < 0) return { lower, upper: Infinity, minimizer: supportAt(rising[0]).point.minimizer };
  const within = supportAt(rising[position]);
  if (position === rising.length - 1) {
    return { lower, upper: within.reached[1 - index], minimizer: within.point.minimizer };
  }
  const beyond = supportAt(rising[position + 1]);
  const share = (limits.low - within.reached[index]) / (beyond.reached[index] - within.reached[index]);
  const { minimizer, values } = between(problem, limited, limits.low, within, beyond);
  return { lower, upper: values[1 - index], minimizer, edge: { within, beyond, share } };
}
