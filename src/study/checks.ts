import { significant } from '../base/text.js';
import { estimate, type Estimate } from '../base/statistics.js';
import { grouped } from '../base/grouped.js';
import { comparisons, type Comparison } from './plan.js';
import type { EvaluationRow } from './results.js';
import type { ExperimentSettings } from './settings.js';
import type { PreparatoryName } from './plan.js';

/** A single-objective run: where it began, the smallest value it came to, and by what share it lowered its loss. */
export interface OptimumSummary {
  readonly name: PreparatoryName;
  readonly objective: 'sft' | 'dpo';
  readonly start: number;
  readonly optimum: number;
  readonly reduction: number;
}

/** A condition without which the experiment says nothing. */
export interface ExperimentCheck {
  readonly statement: string;
  readonly passed: boolean;
  /** The numbers behind the verdict. */
  readonly measured: string;
}

/** The least steps of a run, and the least share by which a single-objective run lowers its own loss. */
const leastSteps = 50;
const leastReduction = 0.2;

/**
 * The experiment's checks: long enough runs, single-objective runs that reach something, optima that no run passes
 * by, and at full conflict forgetting.
 */
export function checksOf(
  settings: Pick<ExperimentSettings, 'scale' | 'conflict'>,
  singleObjectives: readonly OptimumSummary[],
  results: readonly EvaluationRow[],
): ExperimentCheck[] {
  const shortest = Math.min(...results.map(({ steps }) => steps));
  return [
    {
      statement: `every run has at least ${leastSteps} steps`,
      passed: shortest >= leastSteps,
      measured: `shortest ${shortest}`,
    },
    ...singleObjectives.map(({ name, start, optimum, reduction }) => ({
      statement: `${name} lowers its own loss by at least ${100 * leastReduction} %`,
      passed: reduction >= leastReduction,
      measured: `${significant(start, 4)} → ${significant(optimum, 4)}, ${(100 * reduction).toFixed(1)} %`,
    })),
    optimaCheck(results),
    ...(settings.conflict === 1 ? comparisons.map((comparison) => forgettingCheck(comparison, settings, results)) : []),
  ];
}

/** An optimum that a compared run goes below is none, and gaps from it mean nothing. */
function optimaCheck(results: readonly EvaluationRow[]): ExperimentCheck {
  const least = (gap: (row: EvaluationRow) => number): number =>
    results.reduce((low, row) => Math.min(low, gap(row)), Infinity);
  const [dpo, sft] = [least(({ dpoGap }) => dpoGap), least(({ sftGap }) => sftGap)];
  return {
    statement: 'no compared run passes an optimum',
    passed: dpo >= 0 && sft >= 0,
    measured: `smallest gaps ${significant(sft, 4)} of f_SFT, ${significant(dpo, 4)} of f_DPO`,
  };
}

function forgettingCheck(
  comparison: Comparison,
  { scale }: Pick<ExperimentSettings, 'scale'>,
  results: readonly EvaluationRow[],
): ExperimentCheck {
  const risen = forgetting(comparison, scale.steps, results);
  return {
    statement: `at full conflict, ${comparison}: the first objective's loss rises through the second stage`,
    passed: risen.ci95 !== null && risen.ci95[0] > 0,
    measured: `change ${shownEstimate(risen)}`,
  };
}

/**
 * How much the first objective's loss rises through the second stage of Sequential: over the seeds, the mean of the
 * differences between end and switch, each averaged over the splits.
 */
export function forgetting(comparison: Comparison, steps: number, results: readonly EvaluationRow[]): Estimate {
  const first = comparison === 'sft-dpo' ? 'sft' : 'dpo';
  const sequential = results.filter(
    (row) => row.comparison === comparison && row.dpoShare !== null && row.steps === steps,
  );
  return estimate(
    grouped(sequential, ({ seed }) => seed).map((rows) => {
      const rises = grouped(rows, ({ dpoShare }) => dpoShare).map((run) => {
        const share = run[0].dpoShare ?? 0;
        const dpoSteps = Math.round(share * steps);
        const switchAfter = comparison === 'sft-dpo' ? steps - dpoSteps : dpoSteps;
        return at(run, steps)[first] - at(run, switchAfter)[first];
      });
      return rises.reduce((sum, rise) => sum + rise, 0) / rises.length;
    }),
  );
}

function at(run: readonly EvaluationRow[], step: number): EvaluationRow {
  const row = run.find((candidate) => candidate.step === step);
  if (row === undefined) throw new Error(`no evaluation after step ${step}`);
  return row;
}

/** An estimate for a reader: the mean and, of several seeds, its 95 % interval. */
export function shownEstimate({ mean, ci95 }: Estimate): string {
  return ci95 === null
    ? `${significant(mean, 4)} (one seed)`
    : `${significant(mean, 4)} [${significant(ci95[0], 4)}, ${significant(ci95[1], 4)}]`;
}
