import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../base/statistics.js';
import { parseJson } from '../../base/json-file.js';
import type { Columns } from '../../base/parquet.js';
import type { Pair } from '../../schedule/schedule.js';
import { evaluatedBefore, onBoth } from '../../schedule/step.js';
import { handedOverFile } from '../../llm/results/run-files.js';
import { readRows, type LogRow } from '../../llm/results/line-log.js';
import { keepsStageOne } from '../../llm/train/stage-two/settings.js';
import type { ChosenBy, RemedyRun } from './plan.js';

/** Which run of a comparison of remedies a row belongs to. */
export interface RemedyKey {
  readonly remedy: string;
  /** The value of its parameter as text; null where it has none. */
  readonly value: string | null;
  /** By theory, given (by the user or by convention), or one of those that the curve goes through. */
  readonly chosen: ChosenBy;
  /** The λ of the comparison. */
  readonly lambda: number;
  readonly steps: number;
  readonly seed: number;
}

/**
 * An evaluation of a run. Figures take of it: paths in loss space from the rows of the role `path`, by `step`; what each
 * run hands over from the one row of the role `end`, and a remedy's curve from those of all its values.
 */
export interface TrainedRemedyRow extends RemedyKey {
  readonly role: 'path' | 'end';
  /** The step after which it was evaluated; of an average the last. */
  readonly step: number;
  /** f_DPO, f_SFT and F_λ on training examples, and the same on held-out ones. */
  readonly dpo: number;
  readonly sft: number;
  readonly weightedSum: number;
  readonly heldOutDpo: number;
  readonly heldOutSft: number;
  readonly heldOutWeightedSum: number;
  /** The share of held-out pairs whose chosen reply the policy itself finds likelier. */
  readonly heldOutAccuracy: number;
}

/** What a run cost: seconds are the clock's. */
export interface RemedyCost extends RemedyKey {
  /** Seconds of all steps, what stage two is made ready with among them, evaluations not; and the median of a step. */
  readonly seconds: number;
  readonly medianSecondsPerStep: number;
  readonly dpoGradients: number;
  readonly sftGradients: number;
  /** Losses of minibatches that the schedule asked for, the one then stepped on included. */
  readonly lossEvaluations: number;
  /** Evaluations on held-out data that what is handed over was chosen by. */
  readonly heldOutEvaluations: number;
  /** Vectors as long as θ that are kept beside it. */
  readonly vectors: number;
}

const keyColumns: Columns = {
  ...{ remedy: 'STRING', value: 'STRING', chosen: 'STRING', lambda: 'DOUBLE', steps: 'INT32', seed: 'INT32' },
};

/** The tables of a comparison's folder, each as JSONL and as Parquet. */
export const remedyTables = {
  remedies: {
    ...keyColumns,
    ...{ role: 'STRING', step: 'INT32', dpo: 'DOUBLE', sft: 'DOUBLE', weightedSum: 'DOUBLE' },
    ...{ heldOutDpo: 'DOUBLE', heldOutSft: 'DOUBLE', heldOutWeightedSum: 'DOUBLE', heldOutAccuracy: 'DOUBLE' },
  },
  cost: {
    ...keyColumns,
    ...{ seconds: 'DOUBLE', medianSecondsPerStep: 'DOUBLE', dpoGradients: 'INT32', sftGradients: 'INT32' },
    ...{ lossEvaluations: 'INT32', heldOutEvaluations: 'INT32', vectors: 'INT32' },
  },
} satisfies Record<string, Columns>;

/** The file of a comparison's summary. */
export const remedySummaryFile = 'remedies.json';

/** The folder of a run within that of its comparison. */
export function remedyFolder(comparison: string, { name }: Pick<RemedyRun, 'name'>): string {
  return join(comparison, 'runs', name);
}

function keyOf({ remedy, value, chosen, lambda, steps, seed }: RemedyRun): RemedyKey {
  return { remedy: remedy.name, value: value === undefined ? null : String(value), chosen, lambda, steps, seed };
}

/** The evaluations of every run, and what each hands over. */
export function remedyRows(comparison: string, runs: readonly RemedyRun[]): TrainedRemedyRow[] {
  return runs.flatMap((run) => {
    const folder = remedyFolder(comparison, run);
    const path = readRows(join(folder, 'evaluations.jsonl'));
    const handed = join(folder, handedOverFile);
    const [last] = path.slice(-1);
    const end = existsSync(handed) ? { step: last.step, ...(parseJson(handed) as Record<string, unknown>) } : last;
    return [...path.map((row) => rowOf(run, 'path', row)), rowOf(run, 'end', end)];
  });
}

function rowOf(run: RemedyRun, role: TrainedRemedyRow['role'], row: LogRow): TrainedRemedyRow {
  const { lambda } = run;
  const weightedSum = ({ dpo, sft }: Pair): number => lambda * dpo + (1 - lambda) * sft;
  const own = { dpo: number(row, 'dpoLoss'), sft: number(row, 'sftLoss') };
  const heldOut = { dpo: number(row, 'heldOutDpoLoss'), sft: number(row, 'heldOutSftLoss') };
  return {
    ...keyOf(run),
    ...{ role, step: row.step, ...own, weightedSum: weightedSum(own) },
    ...{ heldOutDpo: heldOut.dpo, heldOutSft: heldOut.sft, heldOutWeightedSum: weightedSum(heldOut) },
    heldOutAccuracy: number(row, 'heldOutPreferenceAccuracy'),
  };
}

/** What every run cost. */
export function remedyCosts(comparison: string, runs: readonly RemedyRun[]): RemedyCost[] {
  return runs.map((run) => {
    const folder = remedyFolder(comparison, run);
    const { schedule, scheduleSettings, stageTwo = {} } = run;
    const seconds = readRows(join(folder, 'timing.jsonl')).map((row) => number(row, 'seconds'));
    const steps = readRows(join(folder, 'steps.jsonl'));
    const stages = schedule.stages?.(schedule.init({ ...scheduleSettings, ideal: { dpo: 0, sft: 0 } }));
    const switchAfter = stages?.switchAfter ?? 0;
    const count = (objective: string, from = 0): number =>
      steps.filter(({ step, choice }) => step > from && (choice === objective || choice === onBoth)).length;
    const state = schedule.init({ ...scheduleSettings, ideal: { dpo: 0, sft: 0 } });
    const asked = steps.reduce((sum, { step }) => sum + evaluatedBefore(schedule, state, step).length, 0);
    const evaluations = readRows(join(folder, 'evaluations.jsonl')).filter(({ step }) => step >= switchAfter);
    // A minibatch of own replies beside each of DPO.
    const replies = stageTwo.klAnchor === undefined ? 0 : count('dpo', switchAfter);
    return {
      ...keyOf(run),
      ...{ seconds: seconds.reduce((sum, one) => sum + one, 0), medianSecondsPerStep: median(seconds) },
      ...{ dpoGradients: count('dpo'), sftGradients: count('sft') + replies, lossEvaluations: asked },
      heldOutEvaluations: stageTwo.bestCheckpoint === true ? evaluations.length : 0,
      vectors:
        Number(keepsStageOne(stageTwo)) +
        Number(stageTwo.ewcAnchor !== undefined) +
        Number(stageTwo.bestCheckpoint === true),
    };
  });
}

function number(row: LogRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`step ${row.step}: no ${column}`);
  return value;
}
