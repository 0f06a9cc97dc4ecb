import { divide, multiply, point, subtract, type Interval } from '../expression/interval.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import type { HalfPlane } from './support.js';

/**
 * A lower bound on one objective where the other is at most `limit`: the largest that a half-plane gives. −Infinity where
 * no half-plane bounds it.
 */
export function leastValue(halfPlanes: readonly HalfPlane[], of: ObjectiveName, limit: number): number {
  let most = -Infinity;
  for (const { lambda, bound } of halfPlanes) {
    if (bound === -Infinity) continue;
    const rest = subtract(point(1), point(lambda));
    const [own, other]: [Interval, Interval] = of === 'dpo' ? [point(lambda), rest] : [rest, point(lambda)];
    if (own.high === 0) continue;
    const left = subtract(point(bound), multiply(other, point(limit)));
    most = Math.max(most, own.low === 1 ? left.low : divide(left, own).low);
  }
  return most;
}
