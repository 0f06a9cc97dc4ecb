import type { Estimate } from '../../base/statistics.js';
import { significant } from '../../base/text.js';
import { grouped } from '../../base/grouped.js';
import type { ScheduleKey } from '../../schedule/key.js';
import { paper } from '../../schedule/key.js';
import type { Comparison } from '../plan.js';
import type { EvaluationRow } from '../results.js';
import type { ExperimentScale } from '../settings.js';
import type { Hypothesis, Judgement } from '../verdict.js';

/** What a claim is about. */
export type ClaimKind = 'learning' | 'forgetting' | 'persistence' | 'schedules' | 'cost';

/** A claim before the data have been asked. */
export interface OpenClaim extends Hypothesis {
  readonly comparison: Comparison;
  readonly kind: ClaimKind;
  /** The schedule that it speaks of, where it is one. */
  readonly schedule?: string;
  /** The number in words, given its mean and interval over seeds. */
  readonly measured: (shown: string) => string;
}

/** One of the claims and what the experiment says about it. */
export interface Claim extends Judgement, Pick<OpenClaim, 'comparison' | 'kind' | 'schedule' | 'claim' | 'threshold'> {
  /** The number that the verdict is about: its mean over seeds and, to be shown, its bootstrap interval. */
  readonly estimate: Estimate;
  /** The same in words. */
  readonly measured: string;
}

/** What claims are read from. */
export interface Evidence {
  readonly comparison: Comparison;
  readonly scale: Pick<ExperimentScale, 'steps' | 'lambdas' | 'heldOutExamples'>;
  /** Every evaluation of the comparison. */
  readonly rows: readonly EvaluationRow[];
  /** The last evaluations of the runs of T steps. */
  readonly ends: readonly EvaluationRow[];
  /** The schedules compared with Sequential. */
  readonly joint: readonly string[];
}

/** Sequential's key in each comparison. */
export const sequentialKey: Readonly<Record<Comparison, ScheduleKey>> = {
  'sft-dpo': paper.sftThenDpo,
  'dpo-sft': paper.dpoThenSft,
};

/** A number computed from each seed's rows. */
export function perSeed<Row extends { readonly seed: number }>(
  rows: readonly Row[],
  compute: (rows: readonly Row[]) => number,
): number[] {
  return grouped(rows, ({ seed }) => seed).map(compute);
}

/** An estimate for a reader: the mean and, of several seeds, its 95 % interval. */
export function shownEstimate({ mean, ci95 }: Estimate): string {
  return ci95 === null
    ? `${significant(mean, 4)} (one seed)`
    : `${significant(mean, 4)} [${significant(ci95[0], 4)}, ${significant(ci95[1], 4)}]`;
}
