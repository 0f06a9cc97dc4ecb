import type { Problem } from '../problem/problem.js';
import { checkedLambda } from '../schedule/settings.js';
import type { CertifiedMinimum } from './minimize.js';
import { minimizeWeightedSum, type IdealPoint, type WeightedSumMinimum } from './weighted-sum.js';

/** A certified minimiser of F_max. */
export interface WeightedMaxMinimum extends CertifiedMinimum {
  readonly lambda: number;
  readonly dpo: number;
  readonly sft: number;
}

/** F_max = max(λ (f_DPO − f_DPO*), (1 − λ)(f_SFT − f_SFT*)) from the two values and the two optima. */
export function weightedMax(lambda: number, dpo: number, sft: number, ideal: { dpo: number; sft: number }): number {
  return Math.max(lambda * (dpo - ideal.dpo), (1 - lambda) * (sft - ideal.sft));
}

/**
 * A certified minimiser of F_max over the problem's domain.
 *
 * F_max dominates every convex combination of its two arguments, so a minimiser of F_μ, for any μ, gives a lower bound
 * (the dual); the dual optimum is the μ at which the two weighted gaps meet, found by a bracketing secant method.
 * The primal point is where the gaps meet on the segment between the bracket's minimisers. The certificate is primal
 * minus dual, plus the uncertainty that the certificates of the ideal point and rounding leave in F_max itself.
 */
export function minimizeWeightedMax(problem: Problem, lambda: number, ideal: IdealPoint): WeightedMaxMinimum {
  checkedLambda(lambda);
  const best = { dpo: ideal.dpo.value, sft: ideal.sft.value };
  const uncertaintyAt = ({ dpo, sft }: { dpo: number; sft: number }): number =>
    Math.max(lambda * ideal.dpo.certificate, (1 - lambda) * ideal.sft.certificate) +
    // The rounding of the two values.
    2 * Number.EPSILON * (lambda * Math.abs(dpo) + (1 - lambda) * Math.abs(sft));
  const { dpo, sft } = problem.objectives;
  const at = (minimizer: Float64Array): Omit<WeightedMaxMinimum, 'certificate'> => {
    const values = { dpo: dpo.value(minimizer), sft: sft.value(minimizer) };
    return { lambda, minimizer, ...values, value: weightedMax(lambda, values.dpo, values.sft, best) };
  };
  if (lambda === 0 || lambda === 1) {
    // One argument is zero throughout, the other the weighted gap of one objective, whose minimum is 0.
    const point = at((lambda === 0 ? ideal.sft : ideal.dpo).minimizer);
    return { ...point, certificate: Math.max(0, point.value) + uncertaintyAt(point) };
  }
  const excess = ({ dpo, sft }: { dpo: number; sft: number }): number =>
    lambda * (dpo - best.dpo) - (1 - lambda) * (sft - best.sft);
  /** The lower bound on min F_max from a certified minimiser of F_μ. */
  const dual = ({ lambda: mu, value, certificate }: WeightedSumMinimum): number =>
    (value - certificate - mu * best.dpo - (1 - mu) * best.sft) / (mu / lambda + (1 - mu) / (1 - lambda));

  let [low, high] = [ideal.sft, ideal.dpo];
  let lowerBound = Math.max(dual(low), dual(high));
  let primal = better(at(low.minimizer), at(high.minimizer));
  // Illinois: the excess of an end kept twice is halved, so that both ends of the bracket move.
  let [lowExcess, highExcess] = [excess(low), excess(high)];
  let kept: 'low' | 'high' | undefined;
  for (let iteration = 0; iteration < 100; iteration++) {
    if (primal.value - lowerBound <= 1e-13 * Math.max(1, Math.abs(primal.value))) break;
    if (!(lowExcess > 0 && highExcess < 0)) break;
    const guess = (low.lambda * highExcess - high.lambda * lowExcess) / (highExcess - lowExcess);
    const inside = guess > low.lambda && guess < high.lambda && iteration % 5 !== 4;
    const mu = inside ? guess : low.lambda + (high.lambda - low.lambda) / 2;
    if (mu <= low.lambda || mu >= high.lambda) break;
    const point = minimizeWeightedSum(problem, mu, primal.minimizer);
    lowerBound = Math.max(lowerBound, dual(point));
    const difference = excess(point);
    if (difference >= 0) {
      [low, lowExcess] = [point, difference];
      if (kept === 'high') highExcess /= 2;
      kept = 'high';
    } else {
      [high, highExcess] = [point, difference];
      if (kept === 'low') lowExcess /= 2;
      kept = 'low';
    }
    primal = better(primal, at(point.minimizer));
  }
  if (primal.value - lowerBound > 1e-13 * Math.max(1, Math.abs(primal.value))) {
    primal = better(primal, whereGapsMeet(low, high));
  }
  return { ...primal, certificate: Math.max(0, primal.value - lowerBound) + uncertaintyAt(primal) };

  /** The point of the segment between two minimisers at which the weighted gaps are equal, by bisection. */
  function whereGapsMeet(from: WeightedSumMinimum, to: WeightedSumMinimum): Omit<WeightedMaxMinimum, 'certificate'> {
    let [left, right] = [0, 1];
    let point = at(from.minimizer);
    for (let iteration = 0; iteration < 60 && right - left > 1e-17; iteration++) {
      const middle = (left + right) / 2;
      if (middle === left || middle === right) break;
      const theta = from.minimizer.map((entry, i) => entry + middle * (to.minimizer[i] - entry));
      const trial = at(theta);
      point = better(point, trial);
      const difference = excess(trial);
      if (difference === 0) break;
      if (difference > 0) left = middle;
      else right = middle;
    }
    return point;
  }
}

function better<Point extends { value: number }>(a: Point, b: Point): Point {
  return b.value < a.value ? b : a;
}
