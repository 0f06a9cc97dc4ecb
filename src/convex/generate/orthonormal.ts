import type { Stream } from '../../base/random-stream.js';
import { orthogonalFactor } from './householder.js';

/**
 * A uniformly (Haar) distributed rotation or reflection of R^d, d × d row-major: the Q of a Gaussian matrix, signs made
 * independent of the solver.
 */
export function randomOrthogonal(random: Stream, dimension: number): Float64Array {
  const gaussian = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let k = 0; k < dimension; k++) gaussian[k * dimension + i] = random.normal();
  }
  const { columns, diagonal } = orthogonalFactor(gaussian, dimension);
  // Q is Haar distributed only once R's diagonal is positive, which makes the factorisation unique (Mezzadri 2007).
  const rows = new Float64Array(dimension * dimension);
  for (let k = 0; k < dimension; k++) {
    const sign = diagonal[k] < 0 ? -1 : 1;
    for (let i = 0; i < dimension; i++) rows[i * dimension + k] = sign * columns[k * dimension + i];
  }
  return rows;
}

/** Two uniformly distributed orthonormal vectors of R^d; on the line, where there is no second one, it is zero. */
export function orthonormalPair(random: Stream, dimension: number): [number[], number[]] {
  const first = normalised(gaussianVector(random, dimension));
  if (dimension === 1) return [first, [0]];
  let second = gaussianVector(random, dimension);
  // Twice, so that the rounding left by a nearly parallel draw goes too.
  for (let pass = 0; pass < 2; pass++) {
    const along = second.reduce((sum, entry, i) => sum + entry * first[i], 0);
    second = normalised(second.map((entry, i) => entry - along * first[i]));
  }
  return [first, second];
}

/** d standard normal numbers. */
export function gaussianVector(random: Stream, dimension: number): number[] {
  return Array.from({ length: dimension }, () => random.normal());
}

function normalised(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((entry) => entry / norm);
}
