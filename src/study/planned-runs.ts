import { relative } from 'node:path';
import type { Pair } from '../schedule/schedule.js';
import { cores } from '../base/cores.js';
import { optimumOf, optimumRows, runFolder } from './collect.js';
import {
  comparedRuns,
  preparatoryRuns,
  referenceOf,
  type ComparedRun,
  type Comparison,
  type Joint,
  type PreparatoryName,
  type PreparatoryRun,
} from './plan.js';
import type { OptimumRow, Preparation } from './results.js';
import type { RunTask } from './run-task.js';
import type { ExperimentSettings, PlanSettings } from './settings.js';

/**
 * The stages of an experiment: the runs that reference policies come from, those that find f_DPO* from there, and the
 * compared ones. Each needs the folders of all runs before it.
 */
export const runStages = ['starts', 'optima', 'runs'] as const;

/** One of them. */
export type RunStage = (typeof runStages)[number];

/** A run of an experiment in its place in the plan. */
export interface PlannedRun {
  /** From 1, in the order of the plan. */
  readonly number: number;
  readonly stage: RunStage;
  /** Its folder within that of the experiment, and where that is. */
  readonly name: string;
  readonly folder: string;
  readonly steps: number;
  readonly run: PreparatoryRun | ComparedRun;
}

/** Where an experiment's runs are made; none of it changes a number. */
export interface RunPlace {
  /** The folder of the experiment. */
  readonly out: string;
  /** Where reference log-probabilities are kept. */
  readonly cache: string;
  /** Runs at a time, each in a thread of its own; one runs in this thread. */
  readonly workers: number;
}

/** Every run of an experiment in a folder, in an order in which each finds what it needs. */
export function plannedRuns(settings: PlanSettings, joint: readonly Joint[], out: string): PlannedRun[] {
  const starts = preparatoryRuns.filter(({ reference }) => reference === undefined);
  const optima = preparatoryRuns.filter(({ reference }) => reference !== undefined);
  const { optimumSteps } = settings.scale;
  const runs = [
    ...starts.map((run) => ({ stage: 'starts' as const, steps: optimumSteps, run })),
    ...optima.map((run) => ({ stage: 'optima' as const, steps: optimumSteps, run })),
    ...comparedRuns(settings, joint).map((run) => ({ stage: 'runs' as const, steps: run.steps, run })),
  ];
  return runs.map((planned, i) => {
    const folder = runFolder(out, 'comparison' in planned.run ? planned.run : planned.run.name);
    return { number: i + 1, name: relative(out, folder), folder, ...planned };
  });
}

/** What threads make an experiment's runs from; the optima that some are measured from are read where runs have left them. */
export function tasksOf(settings: ExperimentSettings, place: RunPlace): (planned: PlannedRun) => RunTask {
  // Read once: there may be thousands of runs.
  let optima: Record<Comparison, Pair> | undefined;
  return ({ run }) => {
    if (!('comparison' in run)) return preparatoryTask(settings, place, run);
    optima ??= optimaOf(preparationIn(place.out));
    return comparedTask(settings, place, run, optima[run.comparison]);
  };
}

/** The evaluations of the preparatory runs that an experiment's folder holds. */
export function preparationIn(out: string): Preparation {
  const rows: Partial<Record<PreparatoryName, OptimumRow[]>> = {};
  for (const { name } of preparatoryRuns) rows[name] = optimumRows(runFolder(out, name));
  return rows as Preparation;
}

/** The optima of both comparisons: the smallest values that the single-objective runs came to. */
export function optimaOf(preparation: Preparation): Record<Comparison, Pair> {
  const sft = optimumOf(preparation['sft-optimum'], 'sft');
  return {
    'sft-dpo': { dpo: optimumOf(preparation['dpo-optimum-sft-dpo'], 'dpo'), sft },
    'dpo-sft': { dpo: optimumOf(preparation['dpo-optimum-dpo-sft'], 'dpo'), sft },
  };
}

function preparatoryTask(
  settings: ExperimentSettings,
  { out, cache, workers }: RunPlace,
  { name, schedule, targets, reference }: PreparatoryRun,
): RunTask {
  const steps = settings.scale.optimumSteps;
  return {
    settings,
    folder: runFolder(out, name),
    schedule,
    scheduleSettings: { lambda: schedule === 'dpo' ? 1 : 0, steps },
    targets,
    ...(reference !== undefined && { reference: runFolder(out, reference) }),
    seed: settings.seed,
    cache,
    threads: threadsOf(workers),
  };
}

function comparedTask(
  settings: ExperimentSettings,
  { out, cache, workers }: RunPlace,
  run: ComparedRun,
  ideal: Pair,
): RunTask {
  return {
    settings,
    folder: runFolder(out, run),
    schedule: run.reference,
    scheduleSettings: { ...run.scheduleSettings, ideal },
    targets: 'sft',
    reference: runFolder(out, referenceOf[run.comparison]),
    seed: run.seed,
    cache,
    threads: threadsOf(workers),
  };
}

/** The cores that each of so many workers has to itself. */
function threadsOf(workers: number): number {
  return Math.max(1, Math.floor(cores() / workers));
}
