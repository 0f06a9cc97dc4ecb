import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { Measurement } from '../measurement.js';
import type { Kind } from '../theorem.js';

/** The chance, over a whole table of true statements, that any is called broken. */
export const falseAlarm = 0.001;

/**
 * Whether a measurement is compatible with a bound. An expectation breaks the bound where its one-sided confidence
 * bound of the given level lies beyond it (two-sided for `exact`), so a true statement is called broken with
 * probability at most `level`; with level = falseAlarm / rows that holds for the whole table (Bonferroni).
 * The distribution is Student's, whose upper tail is the safe one for numbers that are skewed to the right, as gaps are. Its lower tail is not: on that
 * side of an `exact` claim the mean of n numbers X ≥ 0 of known second moment is trusted no further than
 * P(mean ≤ E X − t) ≤ exp(−n t²/(2 E X²)) allows, which holds for every such X.
 */
export function holds(kind: Kind, measurement: Measurement, bound: number, level: number): boolean {
  const { mean, error } = measurement;
  if (!Number.isFinite(mean)) return false;
  switch (kind) {
    case 'tight':
    case 'upper':
      return mean - halfWidth(measurement, level) - error <= bound;
    case 'lower':
      return mean + halfWidth(measurement, level) + error >= bound;
    case 'exact':
      return mean > bound
        ? mean - halfWidth(measurement, level / 2) - error <= bound
        : mean + lowerHalfWidth(measurement, level / 2) + error >= bound;
  }
}

/** The two-sided 95 % interval; none where nothing was sampled. */
export function interval95(measurement: Measurement): [number, number] | null {
  if (measurement.standardError === 0) return null;
  const half = halfWidth(measurement, 0.025);
  return [measurement.mean - half, measurement.mean + half];
}

/** How far below its expectation a mean may lie by chance. */
function lowerHalfWidth(measurement: Measurement, level: number): number {
  const { secondMoment, degrees, standardError } = measurement;
  if (secondMoment === undefined || standardError === 0) return halfWidth(measurement, level);
  return Math.sqrt((2 * secondMoment * Math.log(1 / level)) / (degrees + 1));
}

function halfWidth({ standardError, degrees }: Measurement, level: number): number {
  return standardError === 0 ? 0 : tQuantile(1 - level, degrees) * standardError;
}
