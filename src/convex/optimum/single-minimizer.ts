import { isPositiveDefinite } from '../problem/positive-semidefinite.js';
import type { ConvexFunction } from '../problem/problem.js';

/**
 * Whether a convex function has no other minimiser on the ball: its Hessian is definite there, or it rises across the
 * sphere, on which no two points are minimisers then.
 */
export function isSingleMinimizer(
  f: Pick<ConvexFunction, 'gradient' | 'hessian'>,
  minimizer: Float64Array,
  radius: number,
): boolean {
  const dimension = minimizer.length;
  const hessian = new Float64Array(dimension * dimension);
  f.hessian(minimizer, hessian);
  let largest = 0;
  for (let i = 0; i < dimension; i++) largest = Math.max(largest, hessian[i * dimension + i]);
  const gradient = new Float64Array(dimension);
  f.gradient(minimizer, gradient);
  const [norm, slope] = [Math.hypot(...minimizer), Math.hypot(...gradient)];
  const pressed = norm > radius * (1 - 1e-9) && slope > 1e-7 * Math.max(largest * norm, Number.MIN_VALUE);
  if (pressed) return true;
  if (!(largest > 0) || !hessian.every(Number.isFinite)) return false;
  return isPositiveDefinite(hessian, dimension, 1e-12 * largest);
}
