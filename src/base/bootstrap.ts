import erfc from '@stdlib/math-base-special-erfc';
import { stream } from './random-stream.js';
import { moments, studentQuantile, type Estimate } from './statistics.js';

/** Means drawn for an interval. */
const resamples = 9999;

/**
 * The mean of independent samples and its 95 % bootstrap interval, for display: it lies between the smallest and the
 * largest sample, so that of losses never goes below 0 and that of shares never leaves [0, 1].
 *
 * It is the expanded percentile interval (Hesterberg, The American Statistician 69, 2015): the quantiles of resampled
 * means at Φ(−√(n/(n−1)) t) and its mirror image, t being Student's quantile, because those at 2.5 % and 97.5 % are too
 * near each other where samples are few. The resamples are the same for all samples of one number, so that equal data give equal
 * intervals.
 */
export function bootstrapped(samples: ArrayLike<number>): Estimate {
  const count = samples.length;
  const { mean } = moments(samples);
  if (count < 2) return { mean, ci95: null };
  const picks = picksOf(count);
  const means = new Float64Array(resamples);
  for (let i = 0, at = 0; i < resamples; i++) {
    let sum = 0;
    for (let j = 0; j < count; j++) sum += samples[picks[at++]];
    means[i] = sum / count;
  }
  means.sort();
  const tail = erfc((Math.sqrt(count / (count - 1)) * studentQuantile(count - 1)) / Math.SQRT2) / 2;
  const low = Math.floor(tail * resamples);
  return { mean, ci95: [Math.min(means[low], mean), Math.max(means[resamples - 1 - low], mean)] };
}

const known = new Map<number, Uint32Array>();

/** For each resample the numbers of its samples. */
function picksOf(count: number): Uint32Array {
  const found = known.get(count);
  if (found !== undefined) return found;
  const random = stream(count, 'bootstrap');
  const picks = Uint32Array.from({ length: resamples * count }, () => random.integer(count));
  known.set(count, picks);
  return picks;
}
