import { join } from 'node:path';
import { fileRefusal } from '../base/file-refusal.js';
import { isModulePath, moduleDigest } from '../schedule/load.js';
import type { BackendName } from '../engine/names.js';
import { writeContents } from '../llm/results/contents.js';
import { claimedSettings, claimFolder } from '../llm/results/run-folder.js';
import { writeJson } from '../base/json-file.js';
import { writeParquet } from '../base/parquet.js';
import { jsonLines } from '../base/text.js';
import { writeTexts } from '../base/whole-file.js';
import { digestOf } from '../base/digest.js';
import type { RunEnd } from '../llm/train/run.js';
import { modelDigest } from '../llm/train/reference-policy.js';
import { checkSchedules, checkSettings, requireContext } from './check-settings.js';
import { choiceRows, costRows, evaluationRows, referenceRows, sensitivityRows } from './collect.js';
import type { Claim } from './claim/claim.js';
import { costClaims, openCostClaims, overheadOf, type OverheadRow } from './overhead.js';
import { comparedRuns, jointSchedules, seedsOf, sensitivityRuns, type Joint } from './plan.js';
import { makeAll, makeOne, type ExecutionOptions, type OneRunOptions } from './make-runs.js';
import { optimaOf, plannedRuns, preparationIn, tasksOf, uniformGuess, type PlannedRun } from './planned-runs.js';
import { tables, type Preparation } from './results.js';
import { undecisive, writtenSettings, type ExperimentSettings, type PlanSettings } from './settings.js';
import { summarise, type Summary } from './summary.js';
import { learningRatesOf } from './tuning.js';

/** What an experiment says, and what it cost on this machine. */
export interface ExperimentReport {
  readonly summary: Summary;
  readonly overhead: readonly OverheadRow[];
  /** The claims on cost. */
  readonly costClaims: readonly Claim[];
}

/**
 * Runs an experiment: the optima and reference policies, every compared run, the result tables and their summary.
 * A folder that holds a part of the same experiment is gone on with; what is finished there is not run again.
 * Throws an InputError on settings and files that do not fit, and where the folder holds another experiment.
 */
export async function runExperiment(
  settings: ExperimentSettings,
  options: ExecutionOptions,
): Promise<ExperimentReport> {
  const { out } = options;
  const { joint, runs } = await claimExperiment(settings, options.out);
  await makeAll(runs, tasksOf(settings, joint, options), options);
  // Every run reads its files when it begins: those that were changed since would make two experiments of one.
  await claimExperiment(settings, out);
  return writeTables(settings, joint, out);
}

/**
 * Checks settings, plans the runs and takes the folder for the experiment.
 * Throws an InputError on settings and files that do not fit, and where the folder holds another experiment.
 */
export async function claimExperiment(
  settings: ExperimentSettings,
  out: string,
): Promise<{ readonly joint: readonly Joint[]; readonly runs: readonly PlannedRun[] }> {
  checkSettings(settings);
  requireContext(settings);
  const joint = await jointSchedules(settings);
  checkSchedules(settings, joint);
  await claimFolder(out, await decisiveSettings(settings));
  return { joint, runs: plannedRuns(settings, joint, out) };
}

/**
 * Makes one run of an experiment in this thread, where it is not made yet; any number of processes may each make another.
 * Throws an InputError as `runExperiment` and `makeOne` do.
 */
export async function runOne(settings: ExperimentSettings, number: number, options: OneRunOptions): Promise<RunEnd> {
  const { joint, runs } = await claimExperiment(settings, options.out);
  return makeOne(runs, number, tasksOf(settings, joint, { ...options, workers: 1 }), options);
}

/** Writes an experiment's result tables and their summary, from the folders of its runs. */
async function writeTables(
  settings: ExperimentSettings,
  joint: readonly Joint[],
  out: string,
): Promise<ExperimentReport> {
  const runs = comparedRuns(settings, joint);
  const seeds = seedsOf(settings);
  const preparations = new Map(seeds.map((seed) => [seed, preparationIn(out, seed, settings)]));
  const preparationOf = (seed: number): Preparation => preparations.get(seed) ?? preparationIn(out, seed, settings);
  const optima = new Map(seeds.map((seed) => [seed, optimaOf(preparationOf(seed))]));
  const guess = uniformGuess(settings);
  const results = evaluationRows(out, runs, (seed) => optima.get(seed) ?? optimaOf(preparationOf(seed)));
  await writeTable(out, 'results', results);
  await writeTable(out, 'choices', choiceRows(out, runs));
  const references = referenceRows(out, seeds, preparationOf, guess);
  await writeTable(out, 'references', references);
  const sensitivity = sensitivityRows(out, sensitivityRuns(settings, joint));
  await writeTable(out, 'sensitivity', sensitivity);
  const tuning = learningRatesOf(out, settings, joint, guess).rows();
  await writeTable(out, 'tuning', tuning);
  const cost = costRows(out, runs);
  await writeTable(out, 'cost', cost);
  const { steps } = settings.scale;
  const costCount = openCostClaims(steps, cost).length;
  const summary = summarise(settings, {
    ...{ optima, preparations, results, references, sensitivity, tuning, uniformGuess: guess },
    costClaims: costCount,
    ownLabels: Object.fromEntries(
      joint
        .filter(({ reference }) => isModulePath(reference))
        .map(({ schedule: { name, label = name } }) => [name, label]),
    ),
  });
  const overhead = overheadOf(steps, cost);
  await writeJson(join(out, 'summary.json'), summary);
  const written = Object.keys(tables).flatMap((name) => [`${name}.jsonl`, `${name}.parquet`]);
  await writeContents(out, [...written, 'summary.json']);
  return { summary, overhead, costClaims: costClaims(steps, cost, summary.claims.length + costCount) };
}

/**
 * The runs of an experiment in a folder, and the backend that they compute on where the folder says so. Reads no file of
 * the experiment's.
 * Throws an InputError where the folder holds another experiment.
 */
export async function readPlan(
  settings: Omit<PlanSettings, 'backend'>,
  out: string,
  backend: BackendName,
): Promise<{ readonly runs: readonly PlannedRun[]; readonly backend?: string }> {
  const planned = { ...settings, backend: backend === 'auto' ? 'cpu' : backend } as const;
  checkSettings(planned);
  const joint = await jointSchedules(planned);
  checkSchedules(planned, joint);
  const found = claimedSettings(out, writtenSettings(planned), unknownBefore(backend))?.backend;
  return { runs: plannedRuns(planned, joint, out), ...(typeof found === 'string' && { backend: found }) };
}

/** The settings of a claimed folder that are not known before files are read and a backend is opened. */
export function unknownBefore(backend: BackendName): string[] {
  return [...undecisive, 'files', 'schedule-modules', ...(backend === 'auto' ? ['backend'] : [])];
}

/** What decides the experiment's numbers, with digests of the files in place of their paths. */
export async function decisiveSettings(settings: ExperimentSettings): Promise<Record<string, unknown>> {
  const digests = settings.files.flatMap((files) =>
    Object.entries(files).map(async ([name, path]: [string, string]) => {
      const digest = await modelDigest(path).catch((error: unknown) => {
        throw fileRefusal(path, error, 'a file or folder that can be read');
      });
      return [name, digest];
    }),
  );
  const modules = (settings.schedules ?? []).filter(isModulePath);
  const written = Object.entries(writtenSettings(settings));
  return {
    ...Object.fromEntries(written.filter(([name]) => !(undecisive as readonly string[]).includes(name))),
    files: digestOf(JSON.stringify(await Promise.all(digests))),
    ...(modules.length > 0 && { 'schedule-modules': modules.map(moduleDigest) }),
  };
}

async function writeTable(folder: string, name: keyof typeof tables, rows: readonly object[]): Promise<void> {
  await writeTexts(join(folder, `${name}.jsonl`), jsonLines(rows));
  await writeParquet(join(folder, `${name}.parquet`), rows as Record<string, unknown>[], tables[name]);
}
