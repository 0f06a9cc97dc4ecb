import { InputError } from '../../base/input-error.js';
import { PreciseSum } from '../matrix/precise-sum.js';
import { requireMagnitude } from '../problem/magnitude.js';
import type { Enclosure } from './enclosure.js';
import type { Vertex } from './support.js';

/** The area between the front and a reference point, enclosed. */
export interface Hypervolume {
  readonly lower: number;
  readonly upper: number;
  readonly referencePoint: Vertex;
}

/**
 * The area of the points that are at least as large as some point of the front and at most the reference point, `nadir`
 * unless given. Throws an InputError where the front goes beyond that.
 */
export function hypervolume(
  { inner, outer }: Pick<Enclosure, 'inner' | 'outer'>,
  referencePoint: Vertex = nadir(inner),
): Hypervolume {
  for (const entry of referencePoint) requireMagnitude('reference-point', entry, 'values');
  const [dpo, sft] = nadir(inner);
  if (!(referencePoint[0] >= dpo && referencePoint[1] >= sft)) {
    throw new InputError('reference-point', referencePoint, `a point that bounds the front: at least ${dpo},${sft}`);
  }
  return {
    lower: Math.max(0, twiceTheArea(inner, referencePoint).lower / 2),
    upper: twiceTheArea(outer, referencePoint).upper / 2,
    referencePoint,
  };
}

/** Twice the area right of and above a chain. What lies beyond the reference point is moved to it, which enlarges the area. */
function twiceTheArea(chain: readonly Vertex[], [mostDpo, mostSft]: Vertex): PreciseSum {
  const within = chain.map(([dpo, sft]): Vertex => [Math.min(dpo, mostDpo), Math.min(sft, mostSft)]);
  const sum = new PreciseSum();
  const lastSft = within[within.length - 1][1];
  [...within, [mostDpo, lastSft] as const].forEach(([dpo, sft], k, all) => {
    if (k === 0) return;
    const [before, beforeSft] = all[k - 1];
    // (dpo − before)(2 · mostSft − sft − beforeSft)
    for (const [x, sign] of [
      [dpo, 1],
      [before, -1],
    ]) {
      sum.addProduct(2 * sign * x, mostSft);
      sum.addProduct(-sign * x, sft);
      sum.addProduct(-sign * x, beforeSft);
    }
  });
  return sum;
}

/** The reference point where none is given: the largest value of each objective along the front. */
export function nadir(inner: readonly Vertex[]): Vertex {
  return [inner[inner.length - 1][0], inner[0][1]];
}
