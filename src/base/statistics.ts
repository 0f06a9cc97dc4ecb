import { mean as meanOf, median as medianOf } from 'd3-array';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';

/** The mean; NaN of no values. */
export function mean(values: Iterable<number>): number {
  return meanOf(values) ?? NaN;
}

/** The middle of the values, or the mean of the two in the middle; NaN of no values. */
export function median(values: Iterable<number>): number {
  return medianOf(values) ?? NaN;
}

/** A mean over seeds and its 95 % confidence interval; no interval from a single seed. */
export interface Estimate {
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
}

/** The mean of independent samples with Student's 95 % confidence interval. */
export function estimate(samples: ArrayLike<number>): Estimate {
  const { mean, standardError } = moments(samples);
  if (samples.length < 2) return { mean, ci95: null };
  const half = studentQuantile(samples.length - 1) * standardError;
  return { mean, ci95: [mean - half, mean + half] };
}

const quantiles = new Map<number, number>();

/** Student's quantile at 0.975, remembered: it takes longer than the mean of some hundred samples. */
export function studentQuantile(degreesOfFreedom: number): number {
  const found = quantiles.get(degreesOfFreedom) ?? tQuantile(0.975, degreesOfFreedom);
  quantiles.set(degreesOfFreedom, found);
  return found;
}

/** The mean of independent samples and its standard error (NaN from a single sample). */
export function moments(samples: ArrayLike<number>): { mean: number; standardError: number } {
  const count = samples.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += samples[i];
  const mean = sum / count;
  const squaresOver = (unit: number): number => {
    let squares = 0;
    for (let i = 0; i < count; i++) squares += ((samples[i] - mean) / unit) ** 2;
    return squares;
  };
  let [unit, squares] = [1, squaresOver(1)];
  if (squares < smallestSquares || squares === Infinity) {
    // Squares of such numbers are none: the sum is taken in units of the largest.
    let largest = 0;
    for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(samples[i] - mean));
    if (largest > 0) [unit, squares] = [largest, squaresOver(largest)];
  }
  return { mean, standardError: unit * Math.sqrt(squares / (count - 1) / count) };
}

/** A sum of squares below this may have lost digits. */
const smallestSquares = 1e-280;

/** The normal distribution's quantile at 0.975. */
const z = 1.959963984540054;

/** The Wilson score interval (95 %) of a probability, from the successes among independent trials. */
export function wilsonInterval(successes: number, trials: number): readonly [number, number] {
  const share = successes / trials;
  const centre = share + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}
