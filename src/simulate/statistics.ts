import tQuantile from '@stdlib/stats-base-dists-t-quantile';

/** A mean over seeds and its 95 % confidence interval; no interval from a single seed. */
export interface Estimate {
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
}

/** The mean of independent samples with Student's 95 % confidence interval. */
export function estimate(samples: ArrayLike<number>): Estimate {
  const { mean, standardError } = moments(samples);
  if (samples.length < 2) return { mean, ci95: null };
  const half = tQuantile(0.975, samples.length - 1) * standardError;
  return { mean, ci95: [mean - half, mean + half] };
}

/** The mean of independent samples and its standard error (NaN from a single sample). */
export function moments(samples: ArrayLike<number>): { mean: number; standardError: number } {
  const count = samples.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += samples[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (samples[i] - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count) };
}
