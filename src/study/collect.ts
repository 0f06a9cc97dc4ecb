import { median } from '../base/statistics.js';
import { join } from 'node:path';
import type { ObjectiveName, Pair } from '../schedule/schedule.js';
import { grouped } from '../base/grouped.js';
import { evaluatedBefore, onBoth, type ChoiceName } from '../schedule/step.js';
import { readRows, type LogRow } from '../llm/results/line-log.js';
import { comparisons } from './plan.js';
import type { ComparedRun, Comparison, PreparatoryRun, TuningRun, UntrainedRun } from './plan.js';
import {
  noEnd,
  type ChoiceRow,
  type CostRow,
  type EvaluationRow,
  type OptimumRow,
  type Preparation,
  type ReferenceRow,
  type RunKey,
  type SensitivityRow,
} from './results.js';
import { keyOf } from '../schedule/recognise.js';

/** The evaluations of a preparatory run. */
export function optimumRows(folder: string): OptimumRow[] {
  return readRows(join(folder, 'evaluations.jsonl')).map((row) => ({
    step: row.step,
    dpo: number(row, 'dpoLoss'),
    sft: number(row, 'sftLoss'),
    heldOutDpo: number(row, 'heldOutDpoLoss'),
    heldOutSft: number(row, 'heldOutSftLoss'),
    heldOutAccuracy: number(row, 'heldOutPreferenceAccuracy'),
  }));
}

/** The smallest value of an objective at any evaluation of the run that minimises it: the estimate of f_i*. */
export function optimumOf(rows: readonly OptimumRow[], objective: ObjectiveName): number {
  return Math.min(...rows.map((row) => row[objective]));
}

/** The folder of a run within that of its experiment. */
export function runFolder(
  experiment: string,
  run:
    | Pick<PreparatoryRun, 'kind' | 'name' | 'seed'>
    | UntrainedRun
    | Pick<TuningRun, 'kind' | 'name'>
    | Pick<ComparedRun, 'kind' | 'name' | 'variation'>,
): string {
  switch (run.kind) {
    case 'preparatory':
      return join(experiment, 'preparation', `${run.name}-seed${run.seed}`);
    case 'untrained':
      return join(experiment, 'preparation', `untrained-${run.comparison}-seed${run.seed}`);
    case 'tuning':
      return join(experiment, 'tuning', run.name);
    case 'compared':
      return join(experiment, run.variation === undefined ? 'runs' : 'sensitivity', run.name);
  }
}

/** The evaluations of compared runs, measured from the optima of their comparison and seed. */
export function evaluationRows(
  experiment: string,
  runs: readonly ComparedRun[],
  optima: (seed: number) => Readonly<Record<Comparison, Pair>>,
): EvaluationRow[] {
  const raw = runs.flatMap((run) => {
    const rows = readRows(join(runFolder(experiment, run), 'evaluations.jsonl'));
    return rows.map((row) => ({ ...runKeyOf(run), ...values(row) }));
  });
  const weightedSum = (lambda: number, { dpo, sft }: Pair): number => lambda * dpo + (1 - lambda) * sft;
  // What is compared with each other shares data and start: the evaluations of one comparison and one seed.
  const together = new Map(grouped(raw, togetherKey).map((rows) => [togetherKey(rows[0]), rows]));
  const minima = new Map<string, number>();
  const minimum = (row: Pick<RunKey, 'comparison' | 'seed' | 'lambda'>): number => {
    const key = `${togetherKey(row)} ${row.lambda}`;
    const rows = together.get(togetherKey(row)) ?? [];
    const found = minima.get(key) ?? Math.min(...rows.map((other) => weightedSum(row.lambda, other)));
    minima.set(key, found);
    return found;
  };
  const startOf = new Map(raw.filter(({ step }) => step === 0).map((row) => [togetherKey(row), row]));
  return raw.map(({ rewardAccuracy, heldOutDpo, heldOutSft, heldOutRewardAccuracy, heldOutAccuracy, ...row }) => {
    const { comparison, lambda, dpo, sft } = row;
    const ideal = optima(row.seed)[comparison];
    const [dpoGap, sftGap] = [dpo - ideal.dpo, sft - ideal.sft];
    const start = startOf.get(togetherKey(row)) ?? row;
    return {
      ...row,
      dpoGap,
      sftGap,
      gap: weightedSum(lambda, row) - minimum(row),
      maxGap: Math.max(lambda * dpoGap, (1 - lambda) * sftGap),
      idealDistance: Math.hypot(dpoGap, sftGap),
      normalizedIdealDistance: Math.hypot(dpoGap / (start.dpo - ideal.dpo), sftGap / (start.sft - ideal.sft)),
      rewardAccuracy,
      heldOutDpo,
      heldOutSft,
      heldOutRewardAccuracy,
      heldOutAccuracy,
    };
  });
}

function togetherKey({ comparison, seed }: Pick<RunKey, 'comparison' | 'seed'>): string {
  return `${comparison} ${seed}`;
}

/** The ends of runs that vary something of the compared ones. */
export function sensitivityRows(experiment: string, runs: readonly ComparedRun[]): SensitivityRow[] {
  return runs.flatMap((run) => {
    const { variation } = run;
    if (variation === undefined) return [];
    const rows = readRows(join(runFolder(experiment, run), 'evaluations.jsonl'));
    const { step, ...end } = values(rows[rows.length - 1]);
    // One that diverged was last evaluated before its last step.
    const measured = step === run.steps ? end : noEnd;
    return [{ ...runKeyOf(run), variedOf: variation.of, variedBy: variation.by, ...measured }];
  });
}

/** The losses of an evaluation, whatever its step. */
export function lossesOf({ dpo, sft, heldOutDpo, heldOutSft, heldOutAccuracy }: OptimumRow): Omit<OptimumRow, 'step'> {
  return { dpo, sft, heldOutDpo, heldOutSft, heldOutAccuracy };
}

/** Those of a model that knows nothing: ln V for f_SFT, and for f_DPO those of a policy that is its own reference. */
export function lossesOfGuess(uniformGuess: number): Omit<OptimumRow, 'step'> {
  return { dpo: Math.LN2, sft: uniformGuess, heldOutDpo: Math.LN2, heldOutSft: uniformGuess, heldOutAccuracy: 0.5 };
}

/**
 * What to measure a comparison's losses by, for each seed: the start, a model of random weights, a model that knows
 * nothing (f_SFT of ln V, and f_DPO of a policy that is its own reference, ln 2), and each objective alone at the end of
 * its own run. Of SFT alone f_DPO is known where its model is the reference policy.
 */
export function referenceRows(
  experiment: string,
  seeds: readonly number[],
  preparationOf: (seed: number) => Preparation,
  uniformGuess: number,
): ReferenceRow[] {
  return seeds.flatMap((seed) =>
    comparisons.flatMap((comparison): ReferenceRow[] => {
      const preparation = preparationOf(seed);
      const [untrained] = optimumRows(runFolder(experiment, { kind: 'untrained', comparison, seed }));
      const dpoAlone = preparation[`dpo-alone-${comparison}`] ?? preparation[`dpo-optimum-${comparison}`];
      const sftAlone = preparation['sft-optimum'];
      const itself = comparison === 'sft-dpo' ? Math.LN2 : null;
      const rows: [ReferenceRow['reference'], Omit<ReferenceRow, 'comparison' | 'seed' | 'reference'>][] = [
        ['start', lossesOf(dpoAlone[0])],
        ['untrained', lossesOf(untrained)],
        ['uniform guess', lossesOfGuess(uniformGuess)],
        ['SFT alone', { ...lossesOf(sftAlone[sftAlone.length - 1]), dpo: itself, heldOutDpo: itself }],
        ['DPO alone', lossesOf(dpoAlone[dpoAlone.length - 1])],
      ];
      return rows.map(([reference, row]) => ({ comparison, seed, reference, ...row }));
    }),
  );
}

/** Every step of the runs whose schedule keeps weighted gaps. */
export function choiceRows(experiment: string, runs: readonly ComparedRun[]): ChoiceRow[] {
  return runs
    .filter(({ schedule }) => schedule.weightedGaps !== undefined)
    .flatMap((run) =>
      readRows(join(runFolder(experiment, run), 'steps.jsonl')).map((row) => ({
        ...runKeyOf(run),
        step: row.step,
        choice: row.choice as ChoiceName,
        dpoWeightedGap: number(row, 'dpoWeightedGap'),
        sftWeightedGap: number(row, 'sftWeightedGap'),
      })),
    );
}

/** What each run cost. */
export function costRows(experiment: string, runs: readonly ComparedRun[]): CostRow[] {
  return runs.map((run) => {
    const folder = runFolder(experiment, run);
    const timing = readRows(join(folder, 'timing.jsonl'));
    const seconds = timing.map((row) => number(row, 'seconds'));
    const steps = readRows(join(folder, 'steps.jsonl'));
    const total = seconds.reduce((sum, value) => sum + value, 0);
    const gradients = (objective: ObjectiveName): number =>
      steps.filter(({ choice }) => choice === objective || choice === onBoth).length;
    const [dpoGradients, sftGradients] = [gradients('dpo'), gradients('sft')];
    return {
      ...runKeyOf(run),
      seconds: total,
      secondsPerStep: total / seconds.length,
      medianSecondsPerStep: median(seconds),
      tensorBytes: Math.max(...timing.map((row) => number(row, 'tensorBytes'))),
      dpoGradients,
      sftGradients,
      // The one then stepped on included.
      lossEvaluations: evaluationsOf(run, steps.length),
    };
  });
}

/** Values that a run's schedule asks for in so many steps, where that does not depend on what it sees. */
function evaluationsOf({ schedule, scheduleSettings }: ComparedRun, steps: number): number {
  const state = schedule.init({ ...scheduleSettings, ideal: { dpo: 0, sft: 0 } });
  let evaluations = 0;
  for (let t = 1; t <= steps; t++) evaluations += evaluatedBefore(schedule, state, t).length;
  return evaluations;
}

/** The key of a run's rows. */
function runKeyOf({ comparison, schedule, scheduleSettings, lambda, dpoShare, steps, seed }: ComparedRun): RunKey {
  return { comparison, schedule: keyOf(schedule.name, scheduleSettings), lambda, dpoShare, steps, seed };
}

function values(row: LogRow) {
  return {
    step: row.step,
    dpo: number(row, 'dpoLoss'),
    sft: number(row, 'sftLoss'),
    rewardAccuracy: number(row, 'rewardAccuracy'),
    heldOutDpo: number(row, 'heldOutDpoLoss'),
    heldOutSft: number(row, 'heldOutSftLoss'),
    heldOutRewardAccuracy: number(row, 'heldOutRewardAccuracy'),
    heldOutAccuracy: number(row, 'heldOutPreferenceAccuracy'),
  };
}

/** A number of a log's row. */
export function number(row: LogRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`step ${row.step}: no ${column}`);
  return value;
}
