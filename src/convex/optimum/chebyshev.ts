import type { Problem } from '../problem/problem.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import { checkedLambda } from '../../schedule/settings.js';
import { up } from '../matrix/precise-sum.js';
import type { CertifiedMinimum } from './minimum.js';
import { ontoBall } from './quadratic-model.js';
import { minimizeWeightedSum, valuesAt, type IdealPoint, type WeightedSumMinimum } from './weighted-sum.js';
import { evaluatePrecisely } from './weighted-function.js';

/** A certified minimiser of F_max. */
export interface ChebyshevMinimum extends CertifiedMinimum {
  readonly lambda: number;
  readonly dpo: number;
  readonly sft: number;
}

/** F_max = max(λ (f_DPO − f_DPO*), (1 − λ)(f_SFT − f_SFT*)) from the two values and the two optima. */
export function chebyshev(lambda: number, dpo: number, sft: number, ideal: { dpo: number; sft: number }): number {
  return Math.max(lambda * (dpo - ideal.dpo), (1 - lambda) * (sft - ideal.sft));
}

/**
 * A certified minimiser of F_max over the problem's domain.
 *
 * F_max dominates every convex combination of its two arguments, so a minimiser of F_μ, for any μ, gives a lower bound
 * (the dual); the dual optimum is the μ at which the two weighted gaps meet, found in a shrinking bracket.
 * The primal point is where the gaps meet on the segment between the bracket's minimisers. The certificate is primal
 * minus dual, plus the uncertainty that the certificates of the ideal point and rounding leave in F_max itself.
 * @param best the optima that gaps are measured from, where they are not those of the ideal point (0 < λ < 1)
 */
export function minimizeChebyshev(
  problem: Problem,
  lambda: number,
  ideal: IdealPoint,
  best: Pair = { dpo: ideal.dpo.value, sft: ideal.sft.value },
): ChebyshevMinimum {
  checkedLambda(lambda);
  /** What F_max at a point may be off by: the optima's certificates, and the rounding of values, differences and product. */
  const uncertaintyAt = (point: Omit<ChebyshevMinimum, 'certificate'>): number => {
    const of = (name: ObjectiveName, weight: number): number => {
      if (weight === 0) return 0;
      const { value, valueError } = evaluatePrecisely(problem.objectives[name], point.minimizer);
      const rounding = Math.abs(value[1]) + valueError + 2 * Number.EPSILON * Math.abs(point[name] - best[name]);
      return weight * (ideal[name].certificate + rounding) * (1 + 8 * Number.EPSILON);
    };
    return Math.max(of('dpo', lambda), of('sft', 1 - lambda));
  };
  const at = (minimizer: Float64Array): Omit<ChebyshevMinimum, 'certificate'> => {
    const { dpo, sft } = problem.objectives;
    const values = { dpo: dpo.value(minimizer), sft: sft.value(minimizer) };
    return { lambda, minimizer, ...values, value: chebyshev(lambda, values.dpo, values.sft, best) };
  };
  const certifiedAt = ({ minimizer }: { minimizer: Float64Array }, bound: number): ChebyshevMinimum => {
    // The search computes values in doubles; what is printed is their nearest double.
    const values = valuesAt(problem, minimizer);
    const point = { lambda, minimizer, ...values, value: chebyshev(lambda, values.dpo, values.sft, best) };
    const certificate = up(Math.max(0, up(point.value - bound)) + uncertaintyAt(point));
    if (Number.isFinite(certificate)) return { ...point, certificate };
    const reason = ideal.dpo.reason ?? ideal.sft.reason ?? 'no minimum of a weighted sum that bounds it is certified';
    return { ...point, certificate: Infinity, reason };
  };
  if (lambda === 0 || lambda === 1) {
    // One argument is zero throughout, the other the weighted gap of one objective, whose minimum is 0.
    const point = at((lambda === 0 ? ideal.sft : ideal.dpo).minimizer);
    return certifiedAt(point, 0);
  }
  const excess = ({ dpo, sft }: { dpo: number; sft: number }): number =>
    lambda * (dpo - best.dpo) - (1 - lambda) * (sft - best.sft);
  /** The lower bound on min F_max from a certified minimiser of F_μ. */
  const dual = ({ lambda: mu, value, certificate }: WeightedSumMinimum): number => {
    const weight = mu / lambda + (1 - mu) / (1 - lambda);
    const [fromDpo, fromSft] = [mu * best.dpo, (1 - mu) * best.sft];
    const rounding = 8 * Number.EPSILON * (Math.abs(value) + certificate + Math.abs(fromDpo) + Math.abs(fromSft));
    const bound = (value - certificate - fromDpo - fromSft - rounding) / weight;
    return bound - 8 * Number.EPSILON * Math.abs(bound);
  };

  // Chandrupatla's root finding: inverse quadratic interpolation where the last three points allow it, else bisection.
  // The root lies between `latest` and `across`; `dropped` is the point that the latest one replaced.
  let [latest, across, dropped] = [ideal.sft, ideal.dpo, ideal.dpo];
  let lowerBound = Math.max(dual(latest), dual(across));
  let primal = better(at(latest.minimizer), at(across.minimizer));
  let [fraction, stalled] = [0.5, 0];
  for (let iteration = 0; iteration < 200 && stalled < 3; iteration++) {
    const gap = primal.value - lowerBound;
    if (gap <= 1e-13 * Math.max(1, Math.abs(primal.value)) || excess(latest) * excess(across) >= 0) break;
    const mu = latest.lambda + fraction * (across.lambda - latest.lambda);
    if (mu === latest.lambda || mu === across.lambda) break;
    const point = minimizeWeightedSum(problem, mu, primal.minimizer);
    lowerBound = Math.max(lowerBound, dual(point));
    if (excess(point) > 0 === excess(latest) > 0) dropped = latest;
    else [dropped, across] = [across, latest];
    latest = point;
    primal = better(primal, better(at(point.minimizer), whereGapsMeet(latest, across)));
    fraction = nextFraction(latest, across, dropped);
    stalled = primal.value - lowerBound < gap / 2 || iteration < 20 ? 0 : stalled + 1;
  }
  return certifiedAt(primal, lowerBound);

  /** How far from a towards b to look next. */
  function nextFraction(a: WeightedSumMinimum, b: WeightedSumMinimum, c: WeightedSumMinimum): number {
    const [fa, fb, fc] = [excess(a), excess(b), excess(c)];
    const xi = (a.lambda - b.lambda) / (c.lambda - b.lambda);
    const phi = (fa - fb) / (fc - fb);
    if (!(phi * phi < xi && (1 - phi) ** 2 < 1 - xi)) return 0.5;
    const ratio = (c.lambda - a.lambda) / (b.lambda - a.lambda);
    const interpolated = (fa / (fb - fa)) * (fc / (fb - fc)) + ratio * (fa / (fc - fa)) * (fb / (fc - fb));
    return Math.min(1, Math.max(0, interpolated));
  }

  /** The point of the segment between two minimisers at which the weighted gaps are equal, by Illinois' method too. */
  function whereGapsMeet(from: WeightedSumMinimum, to: WeightedSumMinimum): Omit<ChebyshevMinimum, 'certificate'> {
    let [left, right] = [0, 1];
    let [leftExcess, rightExcess] = [excess(from), excess(to)];
    const sign = leftExcess > 0 ? 1 : -1;
    let point = better(at(from.minimizer), at(to.minimizer));
    for (let iteration = 0, side = 0; iteration < 40 && leftExcess * rightExcess < 0; iteration++) {
      const guess = (left * rightExcess - right * leftExcess) / (rightExcess - leftExcess);
      const middle = guess > left && guess < right ? guess : (left + right) / 2;
      if (middle <= left || middle >= right) break;
      const between = from.minimizer.map((entry, i) => entry + middle * (to.minimizer[i] - entry));
      const trial = at(ontoBall(between, problem.radius));
      point = better(point, trial);
      const difference = excess(trial);
      if (Math.abs(difference) <= 1e-15 * Math.max(1, trial.value)) break;
      if (sign * difference > 0) {
        [left, leftExcess] = [middle, difference];
        if (side === 1) rightExcess /= 2;
        side = 1;
      } else {
        [right, rightExcess] = [middle, difference];
        if (side === -1) leftExcess /= 2;
        side = -1;
      }
    }
    return point;
  }
}

function better<Point extends { value: number }>(a: Point, b: Point): Point {
  return b.value < a.value ? b : a;
}
