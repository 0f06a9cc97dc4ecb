import type { ObjectiveName } from '../../schedule/schedule.js';
import { divide, outwards, point, subtract, type Interval } from '../expression/interval.js';
import type { Vertex } from './support.js';

/**
 * An interval of λ that holds every λ of which the θ that minimises `of`, where the other objective is at most a limit, is
 * a minimiser too. For such a λ the line λ f_DPO + (1 − λ) f_SFT through that minimum supports the front, so that no
 * point that is reached lies below it.
 * @param limits an interval that holds what that θ has of the other objective
 * @param least a lower bound on the minimum
 */
export function multipliers(
  reached: readonly Vertex[],
  of: ObjectiveName,
  limits: Interval,
  least: number,
): readonly [low: number, high: number] {
  const [own, other] = of === 'dpo' ? [0, 1] : [1, 0];
  // The price of a unit of the other objective, in units of the one that is minimised.
  let [lowest, highest] = [0, Infinity];
  for (const vertex of reached) {
    const rise = subtract(point(vertex[own]), point(least));
    const room = subtract(point(limits.low), point(vertex[other]));
    if (room.low > 0) highest = Math.min(highest, Math.max(0, divide(rise, room).high));
    if (vertex[other] > limits.high && room.high < 0) lowest = Math.max(lowest, divide(rise, room).low);
  }
  // Of prices r of SFT λ is 1 / (1 + r), of prices of DPO r / (1 + r).
  const weights = [share(lowest).low, share(highest).high] as const;
  return of === 'dpo' ? [oneMinus(weights[1]).low, oneMinus(weights[0]).high] : weights;
}

/** r / (1 + r). */
function share(r: number): Interval {
  if (r === 0) return point(0);
  if (r === Infinity) return point(1);
  const found = r / (1 + r);
  const { low, high } = outwards(found * (1 - Number.EPSILON), found * (1 + Number.EPSILON));
  return { low, high: Math.min(1, high) };
}

function oneMinus(x: number): Interval {
  const { low, high } = subtract(point(1), point(x));
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
