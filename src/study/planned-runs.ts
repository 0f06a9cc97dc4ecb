import { relative } from 'node:path';
import type { Pair } from '../schedule/schedule.js';
import { cores } from '../base/cores.js';
import { openModel } from '../llm/model/load.js';
import { optimumOf, optimumRows, runFolder } from './collect.js';
import type { Planned, RunPlace } from './make-runs.js';
import {
  comparedRuns,
  comparisons,
  preparatoryOf,
  referenceOf,
  seedsOf,
  sensitivityRuns,
  tuningRuns,
  type ComparedRun,
  type Comparison,
  type Joint,
  type PreparatoryName,
  type PreparatoryRun,
  type Run,
} from './plan.js';
import type { OptimumRow, Preparation } from './results.js';
import type { RunTask } from './run-task.js';
import type { ExperimentSettings, PlanSettings } from './settings.js';
import { learningRatesOf } from './tuning.js';

/**
 * The stages of an experiment: the runs that choose SFT's learning rate, those that reference policies come from, those
 * that choose DPO's, those of DPO alone and to f_DPO*, those that choose each schedule's, and the compared ones. Each needs the
 * folders of all runs before it.
 */
export const runStages = ['tuning-sft', 'starts', 'tuning-dpo', 'optima', 'tuning-schedules', 'runs'] as const;

/** One of them. */
export type RunStage = (typeof runStages)[number];

/** A run of an experiment in its place in the plan. */
export interface PlannedRun extends Planned<RunStage> {
  readonly run: Run;
}

/** Every run of an experiment in a folder, in an order in which each finds what it needs. */
export function plannedRuns(settings: PlanSettings, joint: readonly Joint[], out: string): PlannedRun[] {
  const seeds = seedsOf(settings);
  const prepared = (needsReference: boolean): PreparatoryRun[] =>
    seeds.flatMap((seed) =>
      preparatoryOf(settings.scale)
        .filter(({ reference }) => (reference !== undefined) === needsReference)
        .map((one) => ({ kind: 'preparatory', ...one, seed }) as const),
    );
  const untrained = seeds.flatMap((seed) =>
    comparisons.map((comparison) => ({ kind: 'untrained', comparison, seed }) as const),
  );
  const tuning = tuningRuns(settings, joint);
  const ofStage: Readonly<Record<RunStage, readonly Run[]>> = {
    'tuning-sft': tuning.filter(({ about }) => about === 'sft'),
    starts: prepared(false),
    'tuning-dpo': tuning.filter(({ about }) => about === 'dpo' || about === 'dpo-optimum'),
    optima: [...prepared(true), ...untrained],
    'tuning-schedules': tuning.filter(({ about }) => about === 'schedule'),
    runs: [...comparedRuns(settings, joint), ...sensitivityRuns(settings, joint)],
  };
  return runStages
    .flatMap((stage) => ofStage[stage].map((run) => ({ stage, run })))
    .map(({ stage, run }, i) => {
      const folder = runFolder(out, run);
      return { number: i + 1, name: relative(out, folder), folder, stage, steps: stepsOf(settings, run), run };
    });
}

function stepsOf({ scale }: Pick<PlanSettings, 'scale'>, run: Run): number {
  if (run.kind === 'preparatory') return scale[run.length];
  // Only its evaluation before the first step is asked for.
  return run.kind === 'untrained' ? 1 : run.steps;
}

/** What threads make an experiment's runs from; what earlier runs decide is read where they have left it. */
export function tasksOf(
  settings: ExperimentSettings,
  joint: readonly Joint[],
  { out, cache, workers }: RunPlace,
): (planned: PlannedRun) => RunTask {
  const rates = learningRatesOf(out, settings, joint, uniformGuess(settings));
  const threads = Math.max(1, Math.floor(cores() / workers));
  const ideals = new Map<string, Pair>();
  const idealOf = (comparison: Comparison, seed: number): Pair => {
    const key = `${comparison} ${seed}`;
    const ideal = ideals.get(key) ?? optimaOf(preparationIn(out, seed, settings))[comparison];
    ideals.set(key, ideal);
    return ideal;
  };
  return ({ run, folder, steps }) => {
    const { seed } = run;
    const reference = (name: PreparatoryName): string => runFolder(out, { kind: 'preparatory', name, seed });
    const common = { settings, folder, seed, cache, threads, heldOut: 'heldOut', targets: 'sft' } as const;
    switch (run.kind) {
      case 'preparatory': {
        const factor = rates.alone(run.rate, run.comparison);
        return {
          ...common,
          schedule: run.schedule,
          scheduleSettings: { lambda: run.schedule === 'dpo' ? 1 : 0, steps },
          targets: run.targets,
          ...(run.reference !== undefined && { reference: reference(run.reference) }),
          factors: { dpo: factor, sft: factor },
          // It is to end at its optimum, not to wander about it.
          decay: 'cosine',
        };
      }
      case 'untrained':
        return {
          ...common,
          untrained: true,
          schedule: 'sft',
          scheduleSettings: { lambda: 0, steps },
          reference: reference(referenceOf[run.comparison]),
          factors: { dpo: 1, sft: 1 },
        };
      case 'tuning': {
        const ideal = run.about === 'schedule' && run.comparison !== undefined && idealOf(run.comparison, seed);
        return {
          ...common,
          heldOut: 'validation',
          schedule: run.reference,
          scheduleSettings: { ...run.scheduleSettings, ...(ideal && { ideal }) },
          ...(run.comparison !== undefined && { reference: reference(referenceOf[run.comparison]) }),
          factors: rates.of(run),
          mayDiverge: true,
          // As the run that its rate is chosen for.
          ...(run.about === 'dpo-optimum' && { decay: 'cosine' }),
        };
      }
      case 'compared': {
        const ideal = idealOf(run.comparison, seed);
        return {
          ...common,
          schedule: run.reference,
          scheduleSettings: {
            ...run.scheduleSettings,
            ideal: shifted(ideal, run, () => preparationIn(out, seed, settings)),
          },
          reference: reference(referenceOf[run.comparison]),
          factors: rates.of(run),
          mayDiverge: run.variation !== undefined,
          ...(run.variation?.of === 'β' && { beta: settings.training.beta * run.variation.by }),
        };
      }
    }
  };
}

/** The ideal point that a run is told: where it varies f_SFT*, with an error in it, in shares of the start's gap. */
function shifted(ideal: Pair, { variation }: ComparedRun, preparation: () => Preparation): Pair {
  if (variation?.of !== 'f_SFT*') return ideal;
  const start = preparation()['sft-optimum'][0].sft;
  return { dpo: ideal.dpo, sft: ideal.sft + variation.by * (start - ideal.sft) };
}

/** ln V: the cross-entropy of a model to which every token of its vocabulary is as likely. */
export function uniformGuess({ files }: Pick<ExperimentSettings, 'files'>): number {
  const { config, weights } = openModel(files[0].model);
  weights.close();
  return Math.log(config.vocabularySize);
}

/** The evaluations of the preparatory runs of a seed that an experiment's folder holds. */
export function preparationIn(out: string, seed: number, { scale }: Pick<PlanSettings, 'scale'>): Preparation {
  const rows: Partial<Record<PreparatoryName, OptimumRow[]>> = {};
  for (const { name } of preparatoryOf(scale))
    rows[name] = optimumRows(runFolder(out, { kind: 'preparatory', name, seed }));
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
