import type { ObjectivePair } from '../../convex/problem/problem.js';
import { stream } from '../../base/random-stream.js';

/** Points of the domain around a given one, at distances from 1e-4 to the size of the domain. */
export function pointsAround(
  { dimension, radius, start }: ObjectivePair,
  centre: Float64Array,
  count: number,
  seed: number,
): Float64Array[] {
  const { normal, uniform } = stream(seed, 'search');
  const reach = radius < Infinity ? 2 * radius : 1 + Math.hypot(...centre.map((entry, i) => entry - start[i]));
  return Array.from({ length: count }, () => {
    const direction = Float64Array.from({ length: dimension }, () => normal());
    const norm = Math.hypot(...direction);
    const size = reach * 10 ** (-4 * uniform());
    return ontoBall(
      direction.map((entry, i) => centre[i] + (size * entry) / norm),
      radius,
    );
  });
}

/**
 * The lowest value that a search knowing nothing but values finds: points all over the domain, then a random walk from
 * the lowest that keeps what improves, its stride adapted to its success.
 */
export function lowestFound(
  pair: ObjectivePair,
  value: (theta: Float64Array) => number,
  centre: Float64Array,
  seed: number,
): number {
  let lowest = Infinity;
  let best = centre;
  for (const point of pointsAround(pair, centre, 60, seed)) {
    const reached = value(point);
    if (reached < lowest) [lowest, best] = [reached, point];
  }
  const { normal } = stream(seed, 'walk');
  let stride = 0.1;
  for (let step = 0; step < 600; step++) {
    const trial = ontoBall(
      best.map((entry) => entry + (stride * normal()) / Math.sqrt(best.length)),
      pair.radius,
    );
    const reached = value(trial);
    if (reached < lowest) {
      [lowest, best] = [reached, trial];
      stride *= 1.5;
    } else stride *= 0.92;
    if (stride < 1e-9) stride = 0.1;
  }
  return lowest;
}

function ontoBall(theta: Float64Array, radius: number): Float64Array {
  const norm = Math.hypot(...theta);
  return norm <= radius ? theta : theta.map((entry) => (entry * radius * (1 - 1e-15)) / norm);
}
