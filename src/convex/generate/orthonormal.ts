import { Matrix, QrDecomposition } from 'ml-matrix';
import type { Stream } from '../../base/random-stream.js';

/** A uniformly (Haar) distributed rotation or reflection of R^d: the Q of a Gaussian matrix, signs made independent of the solver. */
export function randomOrthogonal(random: Stream, dimension: number): Matrix {
  const gaussian = Matrix.from1DArray(
    dimension,
    dimension,
    Array.from({ length: dimension ** 2 }, () => random.normal()),
  );
  const decomposition = new QrDecomposition(gaussian);
  const [orthogonal, triangle] = [decomposition.orthogonalMatrix, decomposition.upperTriangularMatrix];
  // Q is Haar distributed only once R's diagonal is positive, which makes the factorisation unique (Mezzadri 2007).
  for (let column = 0; column < dimension; column++) {
    if (triangle.get(column, column) < 0) orthogonal.mulColumn(column, -1);
  }
  return orthogonal;
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
