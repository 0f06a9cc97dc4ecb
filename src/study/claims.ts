import { estimate, mean, type Estimate } from '../base/statistics.js';
import { significant } from '../base/text.js';
import { forgetting, shownEstimate } from './checks.js';
import { grouped } from '../base/grouped.js';
import { comparisons, type Comparison } from './plan.js';
import { endsOf, type EvaluationRow } from './results.js';
import { paper, type ScheduleKey } from '../schedule/key.js';
import type { ExperimentSettings } from './settings.js';
import { labelOf } from '../schedule/recognise.js';

/** One of the paper's claims and what the experiment says about it. */
export interface Claim {
  readonly comparison: Comparison;
  readonly claim: string;
  readonly verdict: Verdict;
  /** The number that the verdict is about, over seeds, and what it is compared with. */
  readonly estimate: Estimate;
  readonly threshold: number;
  /** The same in words. */
  readonly measured: string;
}

/** Whether an interval lies on the claim's side of its threshold, on the other, or holds it. */
export type Verdict = 'agrees' | 'disagrees' | 'undecided';

/** Sequential's key in each comparison. */
const stagesKey: Readonly<Record<Comparison, ScheduleKey>> = {
  'sft-dpo': paper.sftThenDpo,
  'dpo-sft': paper.dpoThenSft,
};

/** What the data say about each of the paper's claims, those about cost apart (see overheadOf). */
export function claimsOf({ scale }: Pick<ExperimentSettings, 'scale'>, results: readonly EvaluationRow[]): Claim[] {
  return comparisons.flatMap((comparison) => {
    const own = results.filter((row) => row.comparison === comparison);
    const ends = endsOf(own).filter(({ steps }) => steps === scale.steps);
    const joint = [...new Set(ends.filter(({ dpoShare }) => dpoShare === null).map(({ schedule }) => schedule))];
    const hasBoth = [paper.alright, paper.maxright].every((key) => joint.includes(key));
    return [
      forgettingClaim(comparison, scale.steps, results),
      ...persistenceClaims(comparison, scale.steps, endsOf(own)),
      ...joint.flatMap((schedule) => [
        betterClaim(comparison, schedule, ends, 'ideal distance', ({ idealDistance }) => idealDistance),
        betterClaim(comparison, schedule, ends, 'trade-off gap', ({ gap }) => gap),
        betterClaim(comparison, schedule, ends, 'held-out F_λ', heldOutWeightedSum),
      ]),
      ...(hasBoth
        ? [
            maxrightClaim(comparison, ends, 'ideal distance', ({ idealDistance }) => idealDistance),
            maxrightClaim(comparison, ends, 'F_max', ({ maxGap }) => maxGap),
          ]
        : []),
    ];
  });
}

function forgettingClaim(comparison: Comparison, steps: number, results: readonly EvaluationRow[]): Claim {
  const risen = forgetting(comparison, steps, results);
  return {
    comparison,
    claim: "the second stage raises the first objective's loss",
    ...above(risen, 0),
    measured: `change ${shownEstimate(risen)}, mean over the splits`,
  };
}

/**
 * Whether more steps close Sequential's gap: at m times the steps, the gap of a schedule that converges at the rate of
 * the theorems, O(1/√T), is 1/√m of what it was.
 */
function persistenceClaims(comparison: Comparison, steps: number, ends: readonly EvaluationRow[]): Claim[] {
  const longest = Math.max(...ends.map((row) => row.steps));
  if (longest === steps) return [];
  const ratio = (schedule: string): Estimate => {
    const runs = ends.filter(
      (row) => row.schedule === schedule && row.lambda === 0.5 && (row.dpoShare === null || row.dpoShare === 0.5),
    );
    return perSeed(runs, (rows) => gapAt(rows, longest) / gapAt(rows, steps));
  };
  const beside = ends.find((row) => row.steps === longest && row.dpoShare === null)?.schedule ?? paper.alright;
  const [sequential, joint] = [ratio(stagesKey[comparison]), ratio(beside)];
  const threshold = Math.sqrt(steps / longest);
  return [
    {
      comparison,
      claim: `${longest / steps} times the steps do not close the gap that Sequential leaves`,
      ...above(sequential, threshold),
      measured:
        `F_½ − min after ${longest} steps is ${shownEstimate(sequential)} of that after ${steps} (${labelOf(beside)}: ` +
        `${shownEstimate(joint)}); at the rate 1/√T it would be ${significant(threshold, 4)}`,
    },
  ];
}

function gapAt(rows: readonly EvaluationRow[], steps: number): number {
  const row = rows.find((candidate) => candidate.steps === steps);
  return row?.gap ?? NaN;
}

function betterClaim(
  comparison: Comparison,
  schedule: string,
  ends: readonly EvaluationRow[],
  name: string,
  measure: (row: EvaluationRow) => number,
): Claim {
  const sequential = stagesKey[comparison];
  const less = perSeed(
    ends,
    (rows) => meanOverLambdas(rows, sequential, measure) - meanOverLambdas(rows, schedule, measure),
  );
  const lambdas = [...new Set(ends.filter((row) => row.schedule === schedule).map(({ lambda }) => lambda))];
  const meanAt = (key: string, lambda: number): number =>
    mean(ends.filter((row) => row.schedule === key && row.lambda === lambda).map(measure));
  const smaller = lambdas.filter((lambda) => meanAt(schedule, lambda) < meanAt(sequential, lambda));
  return {
    comparison,
    claim: `${labelOf(schedule)} ends with a smaller ${name} than Sequential`,
    ...above(less, 0),
    measured:
      `Sequential − ${labelOf(schedule)} = ${shownEstimate(less)}, mean over λ; ` +
      `${labelOf(schedule)} is smaller at ${smaller.length} of ${lambdas.length} λ`,
  };
}

function maxrightClaim(
  comparison: Comparison,
  ends: readonly EvaluationRow[],
  name: string,
  measure: (row: EvaluationRow) => number,
): Claim {
  const less = perSeed(
    ends,
    (rows) => meanOverLambdas(rows, paper.alright, measure) - meanOverLambdas(rows, paper.maxright, measure),
  );
  return {
    comparison,
    claim: `MAXRIGHT ends with a smaller ${name} than ALRIGHT`,
    ...above(less, 0),
    measured: `ALRIGHT − MAXRIGHT = ${shownEstimate(less)}, mean over λ`,
  };
}

function heldOutWeightedSum({ lambda, heldOutDpo, heldOutSft }: EvaluationRow): number {
  return lambda * heldOutDpo + (1 - lambda) * heldOutSft;
}

function meanOverLambdas(
  rows: readonly EvaluationRow[],
  schedule: string,
  measure: (row: EvaluationRow) => number,
): number {
  return mean(rows.filter((row) => row.schedule === schedule).map(measure));
}

/** A number computed from each seed's rows: what is compared within it shares the order of the data. */
export function perSeed<Row extends { readonly seed: number }>(
  rows: readonly Row[],
  compute: (rows: readonly Row[]) => number,
): Estimate {
  return estimate(grouped(rows, ({ seed }) => seed).map(compute));
}

/** The verdict on a claim that a number is above a threshold. */
function above(found: Estimate, threshold: number): Pick<Claim, 'verdict' | 'estimate' | 'threshold'> {
  const { ci95 } = found;
  const verdict =
    ci95 === null ? 'undecided' : ci95[0] > threshold ? 'agrees' : ci95[1] < threshold ? 'disagrees' : 'undecided';
  return { verdict, estimate: found, threshold };
}
