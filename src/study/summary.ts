import type { Pair } from '../schedule/schedule.js';
import { bootstrapped } from '../base/bootstrap.js';
import type { Estimate } from '../base/statistics.js';
import { checksOf, type ExperimentCheck, type OptimumSummary } from './checks.js';
import type { Claim } from './claim/claim.js';
import { claimsOf } from './claim/index.js';
import { grouped } from '../base/grouped.js';
import type { Comparison, PreparatoryName } from './plan.js';
import { measuredFronts, type MeasuredFront } from './measured-front.js';
import { endsOf, type EvaluationRow, type Preparation } from './results.js';
import { writtenSettings, type ExperimentSettings, type WrittenSettings } from './settings.js';

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

/** Everything an experiment says but for what it cost: the same whatever the machine's speed. */
export interface Summary {
  readonly settings: WrittenSettings;
  readonly optima: Readonly<Record<Comparison, Pair>>;
  readonly singleObjectives: readonly OptimumSummary[];
  readonly rows: readonly SummaryRow[];
  readonly checks: readonly ExperimentCheck[];
  /** Those on cost apart, which are the clock's. */
  readonly claims: readonly Claim[];
  readonly fronts: readonly MeasuredFront[];
}

/** What a summary is made of. */
export interface Measured {
  readonly optima: Readonly<Record<Comparison, Pair>>;
  readonly preparation: Preparation;
  readonly results: readonly EvaluationRow[];
  /** The number of claims on cost, which are judged apart. */
  readonly costClaims: number;
}

/** The summary of an experiment's results. */
export function summarise(given: ExperimentSettings, measured: Measured): Summary {
  const settings = writtenSettings(given);
  const { preparation, results, costClaims } = measured;
  const singleObjectives = singleObjectiveSummaries(preparation);
  const claims = claimsOf(settings, results, costClaims);
  const best = Math.min(...preparation['sft-optimum'].map(({ heldOutSft }) => heldOutSft));
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  return {
    settings,
    optima: measured.optima,
    singleObjectives,
    rows: summaryRows(settings.scale.steps, results),
    checks: checksOf(settings, singleObjectives, results, claims),
    claims,
    fronts: measuredFronts(settings.scale.steps, results, new Map(seeds.map((seed) => [seed, best]))),
  };
}

function singleObjectiveSummaries(preparation: Preparation): OptimumSummary[] {
  const own = {
    'sft-optimum': 'sft',
    chosen: 'sft',
    'dpo-optimum-sft-dpo': 'dpo',
    'dpo-optimum-dpo-sft': 'dpo',
  } as const;
  return (Object.keys(own) as PreparatoryName[]).map((name) => {
    const objective = own[name];
    const values = preparation[name].map((row) => row[objective]);
    const [start, optimum] = [values[0], Math.min(...values)];
    return { name, objective, start, optimum, reduction: 1 - optimum / start };
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
