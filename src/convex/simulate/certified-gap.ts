import { CheckFailed } from '../../base/check-failed.js';
import type { Problem } from '../problem/problem.js';
import { weightedFunction } from '../optimum/weighted-function.js';
import type { Estimate } from '../../base/statistics.js';
import { shortNumber } from '../../base/text.js';
import type { Optima } from './optimal-values.js';

const gaps = {
  gap: 'weightedSum',
  averageGap: 'weightedSum',
  maxGap: 'chebyshev',
  averageMaxGap: 'chebyshev',
} as const;

/** The measures that are gaps. */
export type GapName = keyof typeof gaps;

/** The certificate of what a gap is measured against; Infinity where nothing is certified. */
export function certificateOf(name: GapName, { certificates }: Optima): number {
  return certificates === undefined ? 0 : certificates[gaps[name]];
}

/** What each measure may be off by, by its name: the certificates of the optima; a loss, which is computed, has none. */
export function certificatesOf(optima: Optima): Readonly<Record<GapName | 'idealDistance', number>> {
  const { dpo = 0, sft = 0 } = optima.certificates ?? {};
  return {
    gap: certificateOf('gap', optima),
    averageGap: certificateOf('averageGap', optima),
    maxGap: certificateOf('maxGap', optima),
    averageMaxGap: certificateOf('averageMaxGap', optima),
    idealDistance: Math.hypot(dpo, sft),
  };
}

/**
 * A mean gap as it is known: one that lies below 0 by no more than its certificate and rounding is 0.
 * Throws `CheckFailed` where it lies below that: what it was measured against is no minimum.
 */
export function certifiedGap(name: GapName, found: Estimate, optima: Optima): Estimate {
  if (optima.certificates === undefined || !(found.mean < 0)) return found;
  const certificate = certificateOf(name, optima);
  if (found.mean >= -(certificate + optima.certificates.rounding)) {
    // The interval stays around the mean, as wide as it was.
    const ci95 = found.ci95 && ([found.ci95[0] - found.mean, found.ci95[1] - found.mean] as const);
    return { mean: 0, ci95 };
  }
  throw new CheckFailed(
    `${name} ${shortNumber(found.mean)} lies below minus its certificate, ${shortNumber(certificate)}: ` +
      'an objective is not convex, or a value given for an optimum is too high',
  );
}

/** A line for every gap whose certificate is not small beside it: what such a number is worth. */
export function gapWarnings(
  measures: Readonly<Record<'gap' | 'maxGap' | 'dpo' | 'sft', Estimate>>,
  optima: Optima,
): string[] {
  if (optima.certificates === undefined) return [];
  const { dpo, sft } = measures;
  const scale = optima.lambda * Math.abs(dpo.mean) + (1 - optima.lambda) * Math.abs(sft.mean);
  return (['gap', 'maxGap'] as const).flatMap((name) => {
    const certificate = certificateOf(name, optima);
    const { mean } = measures[name];
    const minimum = name === 'gap' ? 'min F_λ' : 'min F_max';
    if (certificate === Infinity) return [`${minimum} is not certified: ${name} may be too small by any amount`];
    const isZero = mean <= certificate;
    const matters = isZero ? certificate > 1e-9 * scale : certificate > 0.01 * mean;
    const size = isZero ? 'is zero within' : 'is not large beside';
    return matters
      ? [`${name} ${shortNumber(mean)} ${size} the certificate of ${minimum}, ${shortNumber(certificate)}`]
      : [];
  });
}

/** About how far rounding takes computed values of F_λ and F_max, by the sizes of what is added up at some points. */
export function valueRounding(problem: Problem, lambda: number, points: readonly Float64Array[]): number {
  const { data, dimension } = problem;
  const f = weightedFunction(problem, lambda);
  const size = (theta: Float64Array): number => {
    if (data.kind !== 'quadratic') return Math.abs(f.value(theta));
    let sum = 0;
    for (const name of ['dpo', 'sft'] as const) {
      const { hessian, minimizer } = data.objectives[name];
      const weight = name === 'dpo' ? lambda : 1 - lambda;
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j < dimension; j++) {
          const product = (theta[i] - minimizer[i]) * (theta[j] - minimizer[j]);
          sum += weight * Math.abs(hessian[i * dimension + j] * product);
        }
      }
    }
    return sum;
  };
  return 8 * (dimension + 8) * Number.EPSILON * Math.max(...points.map(size));
}
