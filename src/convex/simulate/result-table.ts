import type { ObjectivePair } from '../problem/problem.js';
import type { Pair, Schedule } from '../../schedule/schedule.js';
import { describedSettings } from '../../schedule/settings.js';
import { choiceName, onBoth } from '../../schedule/step.js';
import { ensembleMeasures, type Optima } from './measures.js';
import type { Estimate } from '../../base/statistics.js';
import { runTrajectory, type RunSettings, type Trajectory } from './trajectory.js';

/** The columns of a run's result table that hold a mean over seeds; each has its 95 % interval in …Low and …High. */
const measured = ['gap', 'maxGap', 'averageGap', 'averageMaxGap', 'dpo', 'sft', 'idealDistance'] as const;

/** As `measured`, of what only some problems have: null elsewhere. */
const scaleFreeMeasured = ['normalizedIdealDistance', 'forgettingKl'] as const;

/** What does not depend on the scales of the objectives, over the seeds of an ensemble at one step, where it is known. */
export type ScaleFreeMeasures = { readonly [name in (typeof scaleFreeMeasured)[number]]?: Estimate };

/** The columns of a run's result table and their Parquet types. */
export const resultColumns = {
  schedule: 'STRING',
  label: 'STRING',
  order: 'STRING',
  lambda: 'DOUBLE',
  seeds: 'INT32',
  steps: 'INT32',
  step: 'INT32',
  ...Object.fromEntries(
    [...measured, ...scaleFreeMeasured].flatMap((name) =>
      [name, `${name}Low`, `${name}High`].map((key) => [key, 'DOUBLE']),
    ),
  ),
  dpoGap: 'DOUBLE',
  sftGap: 'DOUBLE',
  dpoSteps: 'INT32',
  gradients: 'INT32',
  evaluations: 'INT32',
  settings: 'STRING',
  remedies: 'STRING',
  stepSize: 'STRING',
  batch: 'INT32',
  values: 'STRING',
  gradientBatch: 'STRING',
  valueNoise: 'DOUBLE',
  optimum: 'STRING',
  seed: 'DOUBLE',
  problem: 'STRING',
  problemHash: 'STRING',
} as Readonly<Record<string, 'STRING' | 'INT32' | 'DOUBLE'>>;

/** A row of a run's result table: the measures after one recorded step. */
export type ResultRow = Readonly<Record<string, string | number | null>>;

/** What made an ensemble, as far as its settings do not say: enough to find the problem again and to evaluate bounds. */
export interface TableOrigin {
  /** The step-size rule. */
  readonly stepSize: string;
  /** The optimal values that were given in place of certified ones, if any were. */
  readonly optimum?: Pair;
  /** The remedies in stage two by their parameters' names, where there are some. */
  readonly remedies?: Readonly<Record<string, number>>;
  /** The path of the problem file, and "sha256:" with the digest of its bytes. */
  readonly problem: string;
  readonly problemHash: string;
}

/** An ensemble of runs, and what it is measured against. */
export interface FinishedEnsemble {
  readonly problem: ObjectivePair;
  readonly schedule: Schedule;
  readonly settings: RunSettings;
  /** The seed of the first run. */
  readonly seed: number;
  readonly trajectories: readonly Trajectory[];
  readonly optima: Optima;
  /** The measures of some of the trajectories, at the recorded step of index `at`, that need more than the optimal values. */
  readonly scaleFree?: (among: readonly Trajectory[], at: number) => ScaleFreeMeasures;
}

/**
 * A row for every recorded step. `dpoSteps` counts the steps on DPO so far in the run of the first seed (null where
 * steps are on both); `gradients` and `evaluations` are those of a whole run, on its last row;
 * `settings` are the schedule's own but the order, as JSON. Every row says what made it: step-size rule, batch, values,
 * the seed of the first run, and the problem file with its digest.
 */
export function* resultRows(ensemble: FinishedEnsemble, origin: TableOrigin): Iterable<ResultRow> {
  const { schedule, settings, trajectories, optima } = ensemble;
  const { lambda, steps } = settings.schedule;
  const { order, ...own } = describedSettings(schedule, settings.schedule);
  const dpoSteps = stepsOnDpo(ensemble);
  const made = {
    remedies: origin.remedies === undefined ? null : JSON.stringify(origin.remedies),
    stepSize: origin.stepSize,
    batch: settings.batch,
    values: settings.values,
    gradientBatch: settings.gradientBatch,
    valueNoise: settings.valueNoise ?? null,
    optimum: origin.optimum === undefined ? null : JSON.stringify(origin.optimum),
    seed: ensemble.seed,
    problem: origin.problem,
    problemHash: origin.problemHash,
  };
  // The mean of a run's points says nothing of the model that an average hands over.
  const isOfRun = (name: string): boolean => origin.remedies?.average !== undefined && name.startsWith('average');
  for (const [at, step] of settings.record.entries()) {
    const measures = ensembleMeasures(trajectories, at, optima);
    const scaleFree = ensemble.scaleFree?.(trajectories, at) ?? {};
    const isLast = at === settings.record.length - 1;
    yield {
      schedule: schedule.name,
      label: schedule.label ?? schedule.name,
      order: typeof order === 'string' ? order : null,
      lambda,
      seeds: trajectories.length,
      steps,
      step,
      ...Object.fromEntries(measured.flatMap((name) => columnsOf(name, isOfRun(name) ? undefined : measures[name]))),
      ...Object.fromEntries(scaleFreeMeasured.flatMap((name) => columnsOf(name, scaleFree[name]))),
      dpoGap: measures.dpo.mean - optima.ideal.dpo,
      sftGap: measures.sft.mean - optima.ideal.sft,
      dpoSteps: dpoSteps?.[step] ?? null,
      gradients: isLast ? trajectories[0].gradients : null,
      evaluations: isLast ? trajectories[0].evaluations : null,
      settings: Object.keys(own).length === 0 ? null : JSON.stringify(own),
      ...made,
    };
  }
}

/** As `resultRows`, of every seed by itself: `seed` is the run's own, and no row has intervals. */
export function* rowsPerSeed(ensemble: FinishedEnsemble, origin: TableOrigin): Iterable<ResultRow> {
  for (const [i, trajectory] of ensemble.trajectories.entries())
    yield* resultRows({ ...ensemble, seed: ensemble.seed + i, trajectories: [trajectory] }, origin);
}

function columnsOf(name: string, estimate: Estimate | undefined): [string, number | null][] {
  return [
    [name, estimate?.mean ?? null],
    [`${name}Low`, estimate?.ci95?.[0] ?? null],
    [`${name}High`, estimate?.ci95?.[1] ?? null],
  ];
}

/**
 * How many of the first s steps worked on DPO, for s = 0 … T: the run of the first seed, made again and listened to;
 * undefined where some step works on both objectives.
 */
function stepsOnDpo({ problem, schedule, settings, seed }: FinishedEnsemble): Int32Array | undefined {
  const counts = new Int32Array(settings.schedule.steps + 1);
  let mixed = 0;
  runTrajectory(problem, schedule, { ...settings, record: [] }, seed, (step, choice) => {
    const name = choiceName(choice);
    mixed += name === onBoth ? 1 : 0;
    counts[step] = counts[step - 1] + (name === 'dpo' ? 1 : 0);
  });
  return mixed === 0 ? counts : undefined;
}
