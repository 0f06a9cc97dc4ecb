import { significant } from '../base/text.js';
import type { Claim } from './claim/claim.js';
import type { EvaluationRow } from './results.js';
import type { ExperimentSettings } from './settings.js';
import { shownTest } from './verdict.js';
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
  claims: readonly Claim[],
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
    ...(settings.conflict === 1 ? forgettingChecks(claims) : []),
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

function forgettingChecks(claims: readonly Claim[]): ExperimentCheck[] {
  return claims
    .filter(({ kind }) => kind === 'forgetting')
    .map(({ comparison, claim, verdict, measured, ...test }) => ({
      statement: `at full conflict, ${comparison}: ${claim}`,
      passed: verdict === 'agrees',
      measured: `${measured}; ${shownTest({ verdict, ...test })}`,
    }));
}
