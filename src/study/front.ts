import type { Pair } from '../schedule/schedule.js';
import type { EvaluationRow } from './results.js';

/** The points that no other point is as good as in both objectives and better in one; the first of equal points. */
export function nonDominated<Point extends Pair>(points: readonly Point[]): Point[] {
  return points.filter(
    (point, i) =>
      !points.some(
        (other, j) =>
          other.dpo <= point.dpo && other.sft <= point.sft && (other.dpo < point.dpo || other.sft < point.sft || j < i),
      ),
  );
}

/**
 * The area of what is dominated by some of the points and dominates the reference point: 0 where no point is below it in
 * both objectives.
 */
export function dominatedArea(points: readonly Pair[], reference: Pair): number {
  const below = nonDominated(points.filter(({ dpo, sft }) => dpo < reference.dpo && sft < reference.sft));
  let area = 0;
  let ceiling = reference.sft;
  for (const { dpo, sft } of below.sort((a, b) => a.dpo - b.dpo)) {
    area += (reference.dpo - dpo) * (ceiling - sft);
    ceiling = sft;
  }
  return area;
}

/** The held-out losses of an evaluation. */
export function heldOut({ heldOutDpo, heldOutSft }: Pick<EvaluationRow, 'heldOutDpo' | 'heldOutSft'>): Pair {
  return { dpo: heldOutDpo, sft: heldOutSft };
}

/** The area, in nats², that ends of runs dominate on held-out data, below what the start has. */
export function heldOutVolume(ends: readonly EvaluationRow[], start: EvaluationRow): number {
  return dominatedArea(ends.map(heldOut), heldOut(start));
}
