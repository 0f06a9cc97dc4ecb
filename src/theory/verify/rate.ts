import type { Measurement } from '../measurement.js';

/** A mean gap after a number of steps; its standard error is 0 where it was computed. */
export interface RatePoint {
  readonly steps: number;
  readonly mean: number;
  readonly standardError: number;
  /** Runs behind the mean; Infinity where it was computed. */
  readonly count: number;
}

/**
 * The least-squares slope of log gap against log T.
 * Its standard error is what the sampling errors of the means give (delta method); for computed means, what the
 * residuals give.
 */
export function rateSlope(points: readonly RatePoint[]): Measurement {
  const x = points.map(({ steps }) => Math.log(steps));
  const y = points.map(({ mean }) => Math.log(mean));
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centre, level] = [average(x), average(y)];
  const spread = x.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - centre) * (y[i] - level), 0) / spread;
  const residual = y.reduce((sum, value, i) => sum + (value - level - slope * (x[i] - centre)) ** 2, 0);
  const fitted = { error: Math.sqrt(residual / (points.length - 2) / spread), degrees: points.length - 2 };
  const sampled = {
    error:
      Math.sqrt(
        points.reduce((sum, { mean, standardError }, i) => sum + ((x[i] - centre) * (standardError / mean)) ** 2, 0),
      ) / spread,
    degrees: Math.min(...points.map(({ count }) => count)) - 1,
  };
  const { error, degrees } = sampled.error > 0 ? sampled : fitted;
  return { mean: slope, standardError: error, degrees, error: 0 };
}
