import { moments } from '../base/statistics.js';

/** A measured number: exactly computed where the standard error is 0. */
export interface Measurement {
  readonly mean: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error. */
  readonly degrees: number;
  /** Bound on the error of the computation itself: rounding, and certificates of the optima. */
  readonly error: number;
  /** E X² of what was sampled, where X ≥ 0 and this is known exactly. */
  readonly secondMoment?: number;
}

/** The mean of independent samples. */
export function sampled(samples: readonly number[], error = 0): Measurement {
  const { mean, standardError } = moments(samples);
  const degrees = samples.length - 1;
  // Sums of a few thousand rounded terms.
  return {
    mean,
    standardError: Number.isNaN(standardError) ? 0 : standardError,
    degrees,
    error: error + 1e-12 * Math.abs(mean),
  };
}

/** A number that is computed, not sampled, with a bound on its error. */
export function computed(mean: number, error: number): Measurement {
  return { mean, standardError: 0, degrees: Infinity, error };
}

/** The measurement of a multiple of what was measured. */
export function rescaled({ mean, standardError, degrees, error }: Measurement, factor: number): Measurement {
  return { mean: factor * mean, standardError: factor * standardError, degrees, error: factor * error };
}
