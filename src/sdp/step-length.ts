import { congruenceByInverse } from './cholesky.js';
import { symmetrise } from './dense.js';
import { smallestEigenvalue } from './smallest-eigenvalue.js';

/**
 * The largest step for which X + step · D stays positive semidefinite, given X's Cholesky factor.
 * @param work n × n, overwritten
 */
export function matrixStep(factor: Float64Array, direction: Float64Array, n: number, work: Float64Array): number {
  congruenceByInverse(factor, direction, n, work);
  symmetrise(work, n);
  const least = smallestEigenvalue(work, n);
  return least < 0 ? -1 / least : Infinity;
}

/** The largest step for which x + step · dx stays ≥ 0 where the constraint is an inequality. */
export function vectorStep(x: Float64Array, dx: Float64Array, inequality: Uint8Array): number {
  let step = Infinity;
  for (let k = 0; k < x.length; k++) if (inequality[k] === 1 && dx[k] < 0) step = Math.min(step, -x[k] / dx[k]);
  return step;
}
