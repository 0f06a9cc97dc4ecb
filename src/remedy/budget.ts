import type { ConvexFunction } from '../convex/problem/problem.js';
import { minimizeWeightedSum, type WeightedSumMinimum } from '../convex/optimum/weighted-sum.js';
import { certifiedLimit, isReason, type Limit } from './limit.js';
import { nonNegativeText } from './parameter-text.js';
import { oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { frontPoints } from './stage-two.js';
import { once, type Setup } from './setup.js';

/**
 * Budget: min f_second subject to f_first ≤ f_first* + δ, the point of the front with that loss. What runs hand over is the
 * average of the points at steps on the second objective (statement B).
 */
export const budget: Remedy<number> = {
  name: 'budget',
  label: 'Budget',
  description: 'the second objective, or the first where that lies above its optimum by more than δ',
  kind: 'schedule',
  needs: { sftRecords: true, sftPrompts: true, optima: true },
  parameter: {
    name: 'forgetAtMost',
    symbol: 'δ',
    description: 'how far the loss of the first objective may rise above its optimum',
    parse: nonNegativeText,
    theory: ({ optima, first }) => Math.max(0, optima.weightedSum[first] - optima.ideal[first].value),
    at: (position, setup) => position * largestLoss(setup),
    curve: (setup) => [...frontByLoss(setup).keys()],
  },
  cost: () => ({ ...oneGradient, evaluations: 1 }),
  limit: (setup, delta) => frontByLoss(setup).get(delta) ?? constrainedMinimum(setup, delta),
  outputs: (setup, delta) => {
    const { order, tolerance } = setup;
    return scheduleOutputs(setup, 'budget', { order, forgetAtMost: delta, tolerance }, 'average');
  },
};

/**
 * Points of the front for the curve, by what f_first loses there: the minimiser of a weighted sum is the constrained
 * minimiser under its own loss, and, by the same bound, as good as its certificate divided by the weight.
 */
function frontByLoss(setup: Setup): ReadonlyMap<number, Limit> {
  return once(setup, 'front by loss', () => {
    const { optima, first, second } = setup;
    const points = new Map<number, Limit>();
    for (const { lambda, minimizer, certificate, ...point } of frontPoints(setup)) {
      const weight = second === 'dpo' ? lambda : 1 - lambda;
      const loss = point[first] - optima.ideal[first].value;
      if (loss >= 0) points.set(loss, { minimizer, certificate: certificate / weight });
    }
    return new Map([...points].sort(([a], [b]) => a - b));
  });
}

/** f_first at the end of stage two above its optimum: with a larger budget nothing is held back. */
function largestLoss({ optima, first, second, stageTwo, problem }: Setup): number {
  const end = isReason(stageTwo) ? optima.ideal[second].minimizer : stageTwo.minimizer;
  return Math.max(0, problem.objectives[first].value(end) - optima.ideal[first].value);
}

/**
 * A minimiser of f_second subject to f_first ≤ f_first* + δ, and its distance to the bound that the weighted sums give: for
 * every weight w of f_second, f_second ≥ (min F − (1 − w)(f_first* + δ))/w where the constraint holds.
 */
function constrainedMinimum(setup: Setup, delta: number): Limit {
  const { problem, optima, first, second, stageOne, stageTwo } = setup;
  const limit = optima.ideal[first].value + delta;
  if (!isReason(stageTwo) && problem.objectives[first].value(stageTwo.minimizer) <= limit) return stageTwo;
  // Of several minimisers of the first objective one is best for the second: weights that tend to 0 lead there.
  const alone = certifiedLimit(problem.objectives[first], optima.ideal[first], problem.radius);
  if (delta === 0 && !isReason(alone)) return alone;
  const at = (weight: number): WeightedSumMinimum => {
    const lambda = second === 'dpo' ? weight : 1 - weight;
    return lambda === optima.weightedSum.lambda ? optima.weightedSum : minimizeWeightedSum(problem, lambda, start);
  };
  let start = stageOne;
  let [low, high] = [0, 1];
  let [lowExcess, highExcess] = [-delta, largestLoss(setup) - delta];
  let inside: { minimizer: Float64Array; value: number } = {
    minimizer: stageOne,
    value: problem.objectives[second].value(stageOne),
  };
  let beyond = isReason(stageTwo) ? undefined : stageTwo.minimizer;
  let bound = optima.ideal[second].value - optima.ideal[second].certificate;
  let weight = setup.weightOfSecond;
  for (let iteration = 0, side = 0; iteration < 80; iteration++) {
    const point = at(weight);
    start = point.minimizer;
    const excess = point[first] - limit;
    if (weight > 0) bound = Math.max(bound, (point.value - point.certificate - (1 - weight) * limit) / weight);
    // A rounding above the limit is on it.
    if (excess <= 1e-14 * Math.max(1, Math.abs(limit)) && point[second] < inside.value) {
      inside = { minimizer: point.minimizer, value: point[second] };
    }
    if (
      Math.abs(excess) <= 1e-13 * Math.max(delta, 1e-3) ||
      inside.value - bound <= 1e-13 * Math.max(1, Math.abs(bound))
    )
      break;
    // Illinois' method: the end that stays has its excess halved.
    if (excess < 0) {
      [low, lowExcess] = [weight, excess];
      if (side === -1) highExcess /= 2;
      side = -1;
    } else {
      beyond = point.minimizer;
      [high, highExcess] = [weight, excess];
      if (side === 1) lowExcess /= 2;
      side = 1;
    }
    const guess = (low * highExcess - high * lowExcess) / (highExcess - lowExcess);
    const next = guess > low && guess < high ? guess : (low + high) / 2;
    if (!(next > low && next < high)) break;
    weight = next;
  }
  // Where the front is straight no weight leads to a point within it, but means of both ends do.
  if (beyond !== undefined && inside.value - bound > 1e-10 * Math.max(1, Math.abs(bound))) {
    const minimizer = lastWithin(problem.objectives[first], limit, inside.minimizer, beyond);
    const value = problem.objectives[second].value(minimizer);
    if (value < inside.value) inside = { minimizer, value };
  }
  return { minimizer: inside.minimizer, certificate: Math.max(0, inside.value - bound) };
}

/** The last point of a segment, by bisection, at which a function is within a limit. */
function lastWithin(
  f: Pick<ConvexFunction, 'value'>,
  limit: number,
  from: Float64Array,
  to: Float64Array,
): Float64Array {
  const at = (share: number): Float64Array => from.map((entry, i) => entry + share * (to[i] - entry));
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (f.value(at(middle)) <= limit) low = middle;
    else high = middle;
  }
  return at(low);
}
