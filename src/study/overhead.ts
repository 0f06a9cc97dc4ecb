import { sum } from 'd3-array';
import { bootstrapped } from '../base/bootstrap.js';
import { grouped } from '../base/grouped.js';
import { mean, type Estimate } from '../base/statistics.js';
import { paper } from '../schedule/key.js';
import { labelOf } from '../schedule/recognise.js';
import { perSeed, shownEstimate, type Claim, type OpenClaim } from './claim/claim.js';
import { shownClaim } from './claim/index.js';
import type { Comparison } from './plan.js';
import type { CostRow } from './results.js';
import { judgedApart } from './verdict.js';

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
    const bytes = (own: readonly CostRow[]): number => Math.max(...own.map(({ tensorBytes }) => tensorBytes));
    const total = rows.length * steps;
    return {
      comparison,
      schedule,
      secondsPerStep: bootstrapped(perSeed(rows, seconds)),
      time: bootstrapped(
        perSeed(rows, (own) => seconds(own) / seconds(sequential.filter(({ seed }) => seed === own[0].seed))),
      ),
      memory: bytes(rows) / bytes(sequential),
      gradientsPerStep: sum(rows, ({ dpoGradients, sftGradients }) => dpoGradients + sftGradients) / total,
      evaluationsPerStep: sum(rows, ({ lossEvaluations }) => lossEvaluations) / total,
    };
  });
}

function seconds(rows: readonly CostRow[]): number {
  return mean(rows.map(({ secondsPerStep }) => secondsPerStep));
}

/** The schedules that the paper's claim on cost is about. */
const cheap = [paper.alright, paper.maxright];

/** The claims on cost: that a step of ALRIGHT and of MAXRIGHT takes a time nearer to Sequential's than to Mix's. */
export function openCostClaims(steps: number, cost: readonly CostRow[]): OpenClaim[] {
  const runs = cost.filter((row) => row.steps === steps);
  return grouped(runs, ({ comparison }) => comparison).flatMap((own) => {
    const of = (rows: readonly CostRow[], key: string): CostRow[] => rows.filter(({ schedule }) => schedule === key);
    if (of(own, paper.mix).length === 0) return [];
    return cheap
      .filter((key) => of(own, key).length > 0)
      .map((key): OpenClaim => {
        const margin = (rows: readonly CostRow[]): number => {
          const middle = (seconds(of(rows, paper.mix)) + seconds(rows.filter(({ dpoShare }) => dpoShare !== null))) / 2;
          return middle - seconds(of(rows, key));
        };
        return {
          comparison: own[0].comparison,
          kind: 'cost',
          schedule: key,
          claim: `a step of ${labelOf(key)} takes a time nearer to Sequential's than to Mix's`,
          samples: perSeed(own, margin),
          threshold: 0,
          measured: (shown) => `middle of both − ${labelOf(key)} = ${shown} s a step`,
        };
      });
  });
}

/** What the clock says about the claims on cost, among so many claims in all. */
export function costClaims(steps: number, cost: readonly CostRow[], allClaims: number): Claim[] {
  const open = openCostClaims(steps, cost);
  const judgements = judgedApart(open, allClaims);
  return open.map((claim, i) => shownClaim(claim, judgements[i]));
}

/** The ratios to Sequential, in one sentence for each comparison. */
export function overheadSentences(rows: readonly OverheadRow[]): string[] {
  return grouped(rows, ({ comparison }) => comparison).map((own) => {
    const joint = own.filter(({ schedule }) => schedule !== paper.sftThenDpo && schedule !== paper.dpoThenSft);
    const ratios = joint.map(
      ({ schedule, time, memory }) =>
        `${labelOf(schedule)} ${shownEstimate(time)} in time, ${memory.toFixed(2)} in memory`,
    );
    return `${own[0].comparison}: ratios to Sequential: ${ratios.join('; ')}`;
  });
}
