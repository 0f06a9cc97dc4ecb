import betainc from '@stdlib/math-base-special-betainc';
import { moments } from './statistics.js';

/** A two-sided test of whether a mean is at a threshold. */
export interface PairedTest {
  readonly mean: number;
  /** Student's statistic, with `count − 1` degrees of freedom; NaN where the spread is 0 or unknown. */
  readonly t: number;
  /** The chance of a statistic as far from 0, were the mean at the threshold; 1 where nothing can be said. */
  readonly pValue: number;
}

/**
 * Student's test on paired differences, one for each seed, against a threshold. Differences without any spread tell
 * nothing about chance: the p-value is then 1, unless `resolution` says how fine the measurement is.
 * @param resolution the least standard deviation that a difference has, as 1/N for a share of N trials
 */
export function pairedTest(
  differences: readonly number[],
  { threshold = 0, resolution = 0 }: { readonly threshold?: number; readonly resolution?: number } = {},
): PairedTest {
  const { mean, standardError } = moments(differences);
  const error = Math.max(standardError, resolution / Math.sqrt(differences.length));
  // Equal differences have a spread as large as rounding makes it, and one seed has none: NaN.
  const rounding = 2 ** -44 * Math.max(...differences.map(Math.abs));
  if (!(error > rounding)) return { mean, t: NaN, pValue: 1 };
  const t = (mean - threshold) / error;
  return { mean, t, pValue: studentTail(t, differences.length - 1) };
}

/**
 * P(|X| ≥ |t|) for X of Student's distribution: the regularised incomplete beta function I_x(ν/2, ½) at
 * x = ν/(ν + t²), exact to rounding also where it is tiny.
 */
export function studentTail(t: number, degreesOfFreedom: number): number {
  return betainc(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}
