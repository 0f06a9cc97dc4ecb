import { percentText, significant } from '../base/text.js';
import type { EvaluationRow } from './results.js';
import type { ExperimentSettings } from './settings.js';
import type { PreparatoryName } from './plan.js';

/**
 * A single-objective run, in the mean over the seeds: where it began, the smallest value it came to, and by what share it
 * lowered its loss.
 */
export interface OptimumSummary {
  readonly name: PreparatoryName;
  readonly objective: 'sft' | 'dpo';
  /** Whether it shows what the objective alone comes to, at the learning rate of the compared runs; else it is for f_i* only. */
  readonly alone: boolean;
  readonly start: number;
  readonly optimum: number;
  readonly reduction: number;
  /** The share of its fall that it has behind it after as many steps as a compared run has; NaN where it does not fall. */
  readonly withinRun: number;
  /** Its objective on held-out data: at the start, at best and at the end; and how it prefers the chosen reply there. */
  readonly heldOutStart: number;
  readonly heldOutBest: number;
  readonly heldOutEnd: number;
  readonly heldOutAccuracy: number;
}

/** A condition without which the experiment says nothing. */
export interface ExperimentCheck {
  readonly statement: string;
  readonly passed: boolean;
  /** The numbers behind the verdict. */
  readonly measured: string;
}

/** The least share by which a single-objective run lowers its own loss. */
const leastReduction = 0.2;

/** The least held-out accuracy of DPO alone, and the share by which SFT alone may end above its best held-out loss. */
const [leastAccuracy, mostAboveBest] = [0.9, 0.1];

/** Whether a value is at least so large, but for what a mean of shares loses in doubles: four shares of 0.9 may be 0.8999…9. */
function reaches(value: number, least: number): boolean {
  return value >= least - 1e-12;
}

/**
 * The experiment's checks: runs long enough to learn, single-objective runs that reach something, and optima that no run
 * passes by. What the schedules do is not among them: a claim says so, whatever it is.
 */
export function checksOf(
  settings: Pick<ExperimentSettings, 'conflict'>,
  singleObjectives: readonly OptimumSummary[],
  results: readonly EvaluationRow[],
): ExperimentCheck[] {
  const alone = singleObjectives.filter((run) => run.alone);
  return [
    ...alone.map(({ name, withinRun }) => ({
      statement: `as many steps as a compared run has take ${name} at least half of the way to its least loss`,
      passed: reaches(withinRun, 0.5),
      measured: percentText(withinRun),
    })),
    ...singleObjectives.map(({ name, start, optimum, reduction }) => ({
      statement: `${name} lowers its own loss by at least ${100 * leastReduction} %`,
      passed: reaches(reduction, leastReduction),
      measured: `${significant(start, 4)} → ${significant(optimum, 4)}, ${percentText(reduction)}`,
    })),
    ...(settings.conflict === undefined ? [] : learningChecks(alone)),
    optimaCheck(results),
  ];
}

/** The synthetic language is there to be learnt: by each objective alone, and beyond the examples trained on. */
function learningChecks(alone: readonly OptimumSummary[]): ExperimentCheck[] {
  return alone.flatMap(({ name, objective, heldOutBest, heldOutEnd, heldOutAccuracy }): ExperimentCheck[] => {
    if (objective === 'dpo') {
      const statement = `${name} prefers the chosen reply of at least ${100 * leastAccuracy} % of the held-out pairs`;
      const passed = reaches(heldOutAccuracy, leastAccuracy);
      return [{ statement, passed, measured: significant(heldOutAccuracy, 4) }];
    }
    const statement = `${name} ends with a held-out f_SFT within ${100 * mostAboveBest} % of its best`;
    const passed = heldOutEnd <= (1 + mostAboveBest) * heldOutBest;
    return [{ statement, passed, measured: `${significant(heldOutEnd, 4)}, best ${significant(heldOutBest, 4)}` }];
  });
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
