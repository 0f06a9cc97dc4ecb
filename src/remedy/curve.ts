import type { Pair } from '../schedule/schedule.js';
import { gapAt } from './judge.js';
import { leastOnInterval, type Found } from './least-on-interval.js';
import { isReason } from './limit.js';
import type { Remedy, RemedyParameter } from './remedy.js';
import type { Setup } from './setup.js';

/** A point of a remedy's curve. */
export interface CurvePoint extends Pair {
  readonly parameter: unknown;
  /** F_λ − min F_λ. */
  readonly gap: number;
}

/** Intervals of a curve's positions. */
const curveIntervals = 16;

/** Both values at a point, and F_λ − min F_λ to the rounding of doubles: what curves and searches make do with. */
function roughly({ problem: { objectives }, lambda, optima }: Setup, theta: Float64Array): Pair & { gap: number } {
  const [dpo, sft] = [objectives.dpo.value(theta), objectives.sft.value(theta)];
  return { dpo, sft, gap: Math.max(0, lambda * dpo + (1 - lambda) * sft - optima.values.weightedSum) };
}

/** A remedy's curve, and the gaps at the positions that it was drawn through, Infinity where there is no limit. */
export interface Drawn {
  readonly curve: readonly CurvePoint[];
  readonly grid: readonly Found[];
}

/** Draws the curve of a remedy, whose parameter is given beside it. */
export function drawn(setup: Setup, remedy: Remedy, parameter: RemedyParameter<unknown>): Drawn {
  let near: Float64Array | undefined;
  const pointAt = (value: unknown): CurvePoint | undefined => {
    const found = remedy.limit(setup, value, near);
    if (isReason(found)) return undefined;
    near = found.minimizer;
    return { parameter: value, ...roughly(setup, found.minimizer) };
  };
  const positions = Array.from({ length: curveIntervals + 1 }, (_, i) => i / curveIntervals);
  const values = parameter.curve?.(setup) ?? positions.map((position) => parameter.at?.(position, setup));
  const points = values.map((value) => (value === undefined ? undefined : pointAt(value)));
  return {
    // An infinite weight is the end of the curve, and no number of JSON's.
    curve: points.filter((point) => point !== undefined && point.parameter !== Infinity) as CurvePoint[],
    grid:
      parameter.curve === undefined
        ? positions.map((position, i) => ({ position, value: points[i]?.gap ?? Infinity }))
        : [],
  };
}

/** The best parameter in hindsight, by the gap of the limit; undefined where none is sought. */
export function bestInHindsight(
  setup: Setup,
  remedy: Remedy,
  parameter: RemedyParameter<unknown>,
  byTheory: unknown,
  grid: readonly Found[],
): { value: unknown } | undefined {
  if (parameter.best !== undefined) return { value: parameter.best(setup) };
  const { hindsight = true } = parameter;
  const at = (position: number): unknown => parameter.at?.(position, setup);
  if (parameter.at === undefined || !hindsight) return undefined;
  const scale = Math.max(1, Math.abs(setup.optima.weightedSum.value));
  // Nothing is better than a gap of zero.
  if (byTheory !== undefined) {
    const found = remedy.limit(setup, byTheory);
    if (!isReason(found) && gapAt(setup, found.minimizer) <= 1e-13 * scale) return { value: byTheory };
  }
  if (grid.length === 0) return undefined;
  let near: Float64Array | undefined;
  const gapOf = (position: number): number => {
    const found = remedy.limit(setup, at(position), near);
    if (isReason(found)) return Infinity;
    near = found.minimizer;
    return roughly(setup, found.minimizer).gap;
  };
  const { position, value } = leastOnInterval(gapOf, grid, 1e-11 * scale);
  if (value === Infinity) return undefined;
  const best = at(position);
  // An infinite weight stays at the end of stage one; a weight that large does as well.
  return { value: best === Infinity ? at(1 - 1e-12) : best };
}
