import { sum } from 'd3-array';
import { mean, type Estimate } from '../base/statistics.js';
import { perSeed } from './claims.js';
import { grouped } from '../base/grouped.js';
import { shownEstimate } from './checks.js';
import type { Comparison } from './plan.js';
import type { CostRow } from './results.js';
import { paper } from '../schedule/key.js';
import { labelOf } from '../schedule/recognise.js';

/**
 * What a schedule costs beside Sequential in the same comparison: ratios of means over the λ and over the splits, both
 * of which are symmetric about one half, so that both objectives have their part.
 */
export interface OverheadRow {
  readonly comparison: Comparison;
  readonly schedule: string;
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

/**
 * What the overheads say about the paper's claim on cost, in one sentence for each comparison; the ratios alone where
 * not all the schedules that it is about were run.
 */
export function overheadSentences(rows: readonly OverheadRow[]): string[] {
  return grouped(rows, ({ comparison }) => comparison).map((own) => {
    const joint = own.filter(({ schedule }) => schedule !== paper.sftThenDpo && schedule !== paper.dpoThenSft);
    const find = (key: string): OverheadRow | undefined => joint.find(({ schedule }) => schedule === key);
    const [alright, maxright, mix] = [find(paper.alright), find(paper.maxright), find(paper.mix)];
    const others = joint.filter((row) => row !== alright && row !== maxright && row !== mix);
    const ratios = [alright, maxright, mix, ...others].flatMap((row) => (row === undefined ? [] : [ratioText(row)]));
    const said = `${own[0].comparison}: `;
    if (alright === undefined || maxright === undefined || mix === undefined) {
      return `${said}ratios to Sequential: ${ratios.join('; ')}`;
    }
    const near = [alright, maxright].every(({ time }) => Math.abs(time.mean - 1) < (mix.time.mean - 1) / 2);
    return (
      `${near ? 'agrees' : 'disagrees'}  ${said}ALRIGHT and MAXRIGHT cost nearer to Sequential than to Mix: ` +
      `ratios to Sequential: ${ratios.join('; ')}`
    );
  });
}

function ratioText({ schedule, time, memory }: OverheadRow): string {
  return `${labelOf(schedule)} ${shownEstimate(time)} in time, ${memory.toFixed(2)} in memory`;
}
