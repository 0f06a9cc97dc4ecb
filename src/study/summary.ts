import type { Pair } from '../schedule/schedule.js';
import { bootstrapped } from '../base/bootstrap.js';
import { mean, type Estimate } from '../base/statistics.js';
import { optimumOf } from './collect.js';
import { checksOf, type ExperimentCheck, type OptimumSummary } from './checks.js';
import type { Claim } from './claim/claim.js';
import { claimsOf } from './claim/index.js';
import { grouped } from '../base/grouped.js';
import { preparatoryOf, type Comparison } from './plan.js';
import { measuredFronts, type MeasuredFront } from './measured-front.js';
import {
  endsOf,
  type EvaluationRow,
  type OptimumRow,
  type Preparation,
  type ReferenceRow,
  type SensitivityRow,
  type TuningRow,
} from './results.js';
import { writtenSettings, type ExperimentSettings, type PlanSettings, type WrittenSettings } from './settings.js';

/** Where a schedule ended for one λ: means over the seeds with their intervals. */
export interface SummaryRow {
  readonly comparison: Comparison;
  readonly schedule: string;
  readonly lambda: number;
  readonly dpoShare: number | null;
  readonly dpo: Estimate;
  readonly sft: Estimate;
  readonly dpoGap: Estimate;
  readonly sftGap: Estimate;
  readonly gap: Estimate;
  readonly maxGap: Estimate;
  readonly idealDistance: Estimate;
  readonly normalizedIdealDistance: Estimate;
  readonly heldOutDpo: Estimate;
  readonly heldOutSft: Estimate;
  readonly heldOutAccuracy: Estimate;
}

/** Everything an experiment says except for what it cost: the same whatever the machine's speed. */
export interface Summary {
  readonly settings: WrittenSettings;
  /** (f_DPO*, f_SFT*) of each comparison, in the mean over the seeds. */
  readonly optima: Readonly<Record<Comparison, Pair>>;
  /** ln V. */
  readonly uniformGuess: number;
  readonly singleObjectives: readonly OptimumSummary[];
  readonly references: readonly ReferenceSummary[];
  readonly rows: readonly SummaryRow[];
  readonly checks: readonly ExperimentCheck[];
  /** Those on cost apart, which are the clock's. */
  readonly claims: readonly Claim[];
  readonly fronts: readonly MeasuredFront[];
  readonly tuning: readonly TuningRow[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly beyondGuess: readonly BeyondGuess[];
  /** What schedules of the user's own are called, by name; absent where there are none. */
  readonly ownLabels?: Readonly<Record<string, string>>;
}

/** What losses are measured by, in the mean over the seeds; null where it was not measured. */
export type ReferenceSummary = Pick<ReferenceRow, 'comparison' | 'reference'> &
  Readonly<Record<'dpo' | 'sft' | 'heldOutDpo' | 'heldOutSft' | 'heldOutAccuracy', Estimate | null>>;

/** Runs that end with f_SFT above ln V. */
export interface BeyondGuess extends Pick<SummaryRow, 'comparison' | 'schedule' | 'lambda' | 'sft'> {
  readonly steps: number;
}

/** What a summary is made of. */
export interface ExperimentTables {
  /** For each seed (f_DPO*, f_SFT*) of both comparisons. */
  readonly optima: ReadonlyMap<number, Readonly<Record<Comparison, Pair>>>;
  readonly preparations: ReadonlyMap<number, Preparation>;
  readonly results: readonly EvaluationRow[];
  readonly references: readonly ReferenceRow[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly tuning: readonly TuningRow[];
  /** ln V. */
  readonly uniformGuess: number;
  /** The number of claims on cost, which are judged apart. */
  readonly costClaims: number;
  /** What schedules of the user's own are called, by name. */
  readonly ownLabels: Readonly<Record<string, string>>;
}

/** The summary of an experiment's results. */
export function summarise(given: ExperimentSettings, measured: ExperimentTables): Summary {
  const settings = writtenSettings(given);
  const { preparations, results, references, sensitivity, tuning, uniformGuess, costClaims, ownLabels } = measured;
  const singleObjectives = singleObjectiveSummaries([...preparations.values()], settings.scale);
  const claims = claimsOf(settings, results, costClaims);
  const bestSft = new Map(
    [...preparations].map(([seed, { 'sft-optimum': rows }]) => [
      seed,
      Math.min(...rows.map(({ heldOutSft }) => heldOutSft)),
    ]),
  );
  return {
    settings,
    optima: meanOptima([...measured.optima.values()]),
    uniformGuess,
    singleObjectives,
    references: referenceSummaries(references),
    rows: summaryRows(settings.scale.steps, results),
    checks: checksOf(settings, singleObjectives, results),
    claims,
    fronts: measuredFronts(settings.scale.steps, results, bestSft, given.budgets),
    tuning,
    sensitivity,
    beyondGuess: beyondGuess(results, uniformGuess),
    ...(Object.keys(ownLabels).length > 0 && { ownLabels }),
  };
}

/** The optima in the mean over the seeds, as figures mark them. */
function meanOptima(optima: readonly Readonly<Record<Comparison, Pair>>[]): Record<Comparison, Pair> {
  const of = (comparison: Comparison): Pair => ({
    dpo: mean(optima.map((one) => one[comparison].dpo)),
    sft: mean(optima.map((one) => one[comparison].sft)),
  });
  return { 'sft-dpo': of('sft-dpo'), 'dpo-sft': of('dpo-sft') };
}

function referenceSummaries(rows: readonly ReferenceRow[]): ReferenceSummary[] {
  return grouped(rows, ({ comparison, reference }) => `${comparison} ${reference}`).map((own) => {
    const of = (name: 'dpo' | 'sft' | 'heldOutDpo' | 'heldOutSft' | 'heldOutAccuracy'): Estimate | null => {
      const values = own.flatMap((row) => row[name] ?? []);
      return values.length < own.length ? null : bootstrapped(values);
    };
    const [{ comparison, reference }] = own;
    return {
      ...{ comparison, reference, dpo: of('dpo'), sft: of('sft'), heldOutDpo: of('heldOutDpo') },
      ...{ heldOutSft: of('heldOutSft'), heldOutAccuracy: of('heldOutAccuracy') },
    };
  });
}

/** The runs that end with f_SFT beyond the uniform guess, in the mean over seeds: DPO has gone on for too long in them. */
function beyondGuess(results: readonly EvaluationRow[], uniformGuess: number): BeyondGuess[] {
  return grouped(endsOf(results), ({ comparison, schedule, lambda, steps }) =>
    JSON.stringify([comparison, schedule, lambda, steps]),
  ).flatMap((own) => {
    const sft = bootstrapped(own.map((row) => row.sft));
    const [{ comparison, schedule, lambda, steps }] = own;
    return sft.mean >= uniformGuess ? [{ comparison, schedule, lambda, steps, sft }] : [];
  });
}

function singleObjectiveSummaries(
  preparations: readonly Preparation[],
  scale: PlanSettings['scale'],
): OptimumSummary[] {
  const { steps, learningRateFactors } = scale;
  return preparatoryOf(scale).map(({ name, schedule: objective, rate }) => {
    const runs = preparations.flatMap((preparation) => [preparation[name] ?? []]);
    const of = (pick: (rows: readonly OptimumRow[]) => number): number => mean(runs.map(pick));
    const heldOut = objective === 'sft' ? 'heldOutSft' : 'heldOutDpo';
    const last = (rows: readonly OptimumRow[]): OptimumRow => rows[rows.length - 1];
    const [start, optimum] = [of(([first]) => first[objective]), of((rows) => optimumOf(rows, objective))];
    return {
      ...{
        name,
        objective,
        alone: rate !== 'dpo-optimum' || learningRateFactors.length < 2,
        start,
        optimum,
        reduction: 1 - optimum / start,
      },
      withinRun:
        (start - of((rows) => (rows.filter(({ step }) => step <= steps).at(-1) ?? rows[0])[objective])) /
        (start - optimum),
      heldOutStart: of(([first]) => first[heldOut]),
      heldOutBest: of((rows) => Math.min(...rows.map((row) => row[heldOut]))),
      heldOutEnd: of((rows) => last(rows)[heldOut]),
      heldOutAccuracy: of((rows) => last(rows).heldOutAccuracy),
    };
  });
}

const measures = [
  'dpo',
  'sft',
  'dpoGap',
  'sftGap',
  'gap',
  'maxGap',
  'idealDistance',
  'normalizedIdealDistance',
  'heldOutDpo',
  'heldOutSft',
  'heldOutAccuracy',
] as const;

/** The ends of the runs of T steps, over seeds. */
function summaryRows(steps: number, results: readonly EvaluationRow[]): SummaryRow[] {
  const ends = endsOf(results).filter((row) => row.steps === steps);
  const groups = grouped(ends, ({ comparison, schedule, lambda, dpoShare }) =>
    JSON.stringify([comparison, schedule, lambda, dpoShare]),
  );
  return groups.map((rows) => {
    const [{ comparison, schedule, lambda, dpoShare }] = rows;
    const estimates = Object.fromEntries(measures.map((name) => [name, bootstrapped(rows.map((row) => row[name]))]));
    return { comparison, schedule, lambda, dpoShare, ...estimates } as unknown as SummaryRow;
  });
}
