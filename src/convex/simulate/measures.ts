import { chebyshev } from '../optimum/chebyshev.js';
import type { Pair } from '../../schedule/schedule.js';
import { estimate, type Estimate } from '../../base/statistics.js';
import { certifiedGap } from './certified-gap.js';
import type { Optima } from './optimal-values.js';
import type { Trajectory } from './trajectory.js';

export type { Optima } from './optimal-values.js';

/** What is measured at a point, from its two objective values. */
export interface Measures {
  /** F_λ − min F_λ. */
  readonly gap: number;
  /** F_max − min F_max. */
  readonly maxGap: number;
  readonly dpo: number;
  readonly sft: number;
  /** Euclidean distance, in objective space, to the ideal point. */
  readonly idealDistance: number;
}

/** The measures of a point with the given objective values. */
export function measuresOf({ dpo, sft }: Pair, { lambda, ideal, ...minimum }: Optima): Measures {
  return {
    gap: lambda * dpo + (1 - lambda) * sft - minimum.weightedSum,
    maxGap: chebyshev(lambda, dpo, sft, ideal) - minimum.chebyshev,
    dpo,
    sft,
    idealDistance: Math.hypot(dpo - ideal.dpo, sft - ideal.sft),
  };
}

/** The measures over the seeds of an ensemble at one step. */
export interface EnsembleMeasures {
  readonly gap: Estimate;
  readonly averageGap: Estimate;
  readonly maxGap: Estimate;
  readonly averageMaxGap: Estimate;
  readonly dpo: Estimate;
  readonly sft: Estimate;
  readonly idealDistance: Estimate;
}

/** The measures over all seeds at the recorded step of index `at`. */
export function ensembleMeasures(trajectories: readonly Trajectory[], at: number, optima: Optima): EnsembleMeasures {
  const pairAt = (values: Float64Array): Pair => ({ dpo: values[2 * at], sft: values[2 * at + 1] });
  const last = trajectories.map(({ values }) => measuresOf(pairAt(values), optima));
  const average = trajectories.map(({ averageValues }) => measuresOf(pairAt(averageValues), optima));
  const over = (points: readonly Measures[], measure: keyof Measures): Estimate =>
    estimate(points.map((point) => point[measure]));
  return {
    gap: certifiedGap('gap', over(last, 'gap'), optima),
    averageGap: certifiedGap('averageGap', over(average, 'gap'), optima),
    maxGap: certifiedGap('maxGap', over(last, 'maxGap'), optima),
    averageMaxGap: certifiedGap('averageMaxGap', over(average, 'maxGap'), optima),
    dpo: over(last, 'dpo'),
    sft: over(last, 'sft'),
    idealDistance: over(last, 'idealDistance'),
  };
}
