import { sum } from 'd3-array';
import { mean, type Estimate } from '../base/statistics.js';
import { perSeed } from './claims.js';
import { grouped } from '../base/grouped.js';
import { shownEstimate } from './checks.js';
import type { Comparison } from './plan.js';
import type { CostRow } from './results.js';
import type { ScheduleKey } from '../schedule/key.js';

/**
 * What a schedule costs beside Sequential in the same comparison: ratios of means over the λ and over the splits, both
 * of which are symmetric about one half, so that both objectives have their part.
 */
export interface OverheadRow {
  readonly comparison: Comparison;
  readonly schedule: ScheduleKey;
  /** Mean seconds of a step, over seeds. */
  readonly secondsPerStep: Estimate;
  /** Ratios to Sequential: of seconds a step, paired over seeds, and of the most bytes of tensors. */
  readonly time: Estimate;
  readonly memory: number;
  /** Gradients and loss evaluations per step. */
  readonly gradientsPerStep: number;
  readonly evaluationsPerStep: number;
}

/** The overhead of every schedule, from the runs of T steps. */
export function overheadOf(steps: number, cost: readonly CostRow[]): OverheadRow[] {
  const runs = cost.filter((row) => row.steps === steps);
  return grouped(runs, ({ comparison, schedule }) => `${comparison} ${schedule}`).map((rows) => {
    const [{ comparison, schedule }] = rows;
    const sequential = runs.filter((row) => row.comparison === comparison && row.dpoShare !== null);
    const ofSeed = (seed: number): number =>
      mean(sequential.filter((row) => row.seed === seed).map(({ secondsPerStep }) => secondsPerStep));
    const seconds = (own: readonly CostRow[]): number => mean(own.map(({ secondsPerStep }) => secondsPerStep));
    const bytes = (own: readonly CostRow[]): number => Math.max(...own.map(({ tensorBytes }) => tensorBytes));
    const total = rows.length * steps;
    return {
      comparison,
      schedule,
      secondsPerStep: perSeed(rows, seconds),
      time: perSeed(rows, (own) => seconds(own) / ofSeed(own[0].seed)),
      memory: bytes(rows) / bytes(sequential),
      gradientsPerStep: sum(rows, ({ dpoGradients, sftGradients }) => dpoGradients + sftGradients) / total,
      evaluationsPerStep: sum(rows, ({ lossEvaluations }) => lossEvaluations) / total,
    };
  });
}

/** What the overheads say about the paper's claim on cost, in one sentence for each comparison. */
export function overheadSentences(rows: readonly OverheadRow[]): string[] {
  return grouped(rows, ({ comparison }) => comparison).map((own) => {
    const of = (schedule: ScheduleKey): OverheadRow => {
      const row = own.find((candidate) => candidate.schedule === schedule);
      if (row === undefined) throw new Error(`no cost of ${schedule}`);
      return row;
    };
    const [alright, maxright, mix] = [of('alright'), of('maxright'), of('mix')];
    const near = [alright, maxright].every(({ time }) => Math.abs(time.mean - 1) < (mix.time.mean - 1) / 2);
    const shown = ({ time, memory }: OverheadRow): string =>
      `${shownEstimate(time)} in time, ${memory.toFixed(2)} in memory`;
    return (
      `${near ? 'agrees' : 'disagrees'}  ${own[0].comparison}: ALRIGHT and MAXRIGHT cost nearer to Sequential than to Mix: ` +
      `ratios to Sequential: ALRIGHT ${shown(alright)}; MAXRIGHT ${shown(maxright)}; Mix ${shown(mix)}`
    );
  });
}
