import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { fileRefusal } from '../base/file-refusal.js';
import { InputError } from '../base/input-error.js';
import { workerModule } from '../base/worker-module.js';
import { isModulePath, moduleDigest } from '../schedule/load.js';
import type { Pair } from '../schedule/schedule.js';
import { writeContents } from '../llm/results/contents.js';
import { claimFolder } from '../llm/results/run-folder.js';
import { writeJson } from '../base/json-file.js';
import { writeParquet } from '../base/parquet.js';
import { jsonLines } from '../base/text.js';
import { writeTexts } from '../base/whole-file.js';
import { digestOf } from '../base/digest.js';
import { digestOfModel } from '../llm/train/reference.js';
import { checkSchedules, checkSettings, requireContext } from './check-settings.js';
import { choiceRows, costRows, evaluationRows, optimumOf, optimumRows, runFolder } from './collect.js';
import type { Claim } from './claim/claim.js';
import { costClaims, openCostClaims, overheadOf, type OverheadRow } from './overhead.js';
import {
  comparedRuns,
  jointSchedules,
  preparatoryRuns,
  referenceOf,
  type ComparedRun,
  type Comparison,
  type PreparatoryRun,
} from './plan.js';
import { tables, type OptimumRow, type Preparation } from './results.js';
import { executeRun, type OnStep, type Refusal, type RunTask } from './run-task.js';
import { writtenSettings, type ExperimentSettings } from './settings.js';
import { summarise, type Summary } from './summary.js';

/** Where and how visibly an experiment runs; none of it changes a number. */
export interface ExecutionOptions {
  /** The folder it fills. */
  readonly out: string;
  /** Where reference log-probabilities are kept. */
  readonly cache: string;
  /** Runs at a time, each in a thread of its own; one runs in this thread. */
  readonly workers: number;
  /** Told of the steps taken so far and of all there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

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
  checkSettings(settings);
  requireContext(settings);
  const joint = await jointSchedules(settings);
  checkSchedules(settings, joint);
  const runs = comparedRuns(settings, joint);
  await claimFolder(out, await decisiveSettings(settings));
  const total = preparatoryRuns.length * settings.scale.optimumSteps + runs.reduce((sum, { steps }) => sum + steps, 0);
  const runner = openRunner(options, total);
  try {
    const preparation = await prepare(settings, options, runner);
    const optima = optimaOf(preparation);
    // The longest first, so that no thread is left with a long one at the end.
    const inTurn = [...runs].sort((a, b) => b.steps - a.steps);
    await Promise.all(inTurn.map((run) => runner.run(comparedTask(settings, options, run, optima[run.comparison]))));
    const results = evaluationRows(out, runs, optima);
    await writeTable(out, 'results', results);
    await writeTable(out, 'choices', choiceRows(out, runs));
    const cost = costRows(out, runs);
    await writeTable(out, 'cost', cost);
    const { steps } = settings.scale;
    const costCount = openCostClaims(steps, cost).length;
    const summary = summarise(settings, { optima, preparation, results, costClaims: costCount });
    const overhead = overheadOf(steps, cost);
    await writeJson(join(out, 'summary.json'), summary);
    const written = Object.keys(tables).flatMap((name) => [`${name}.jsonl`, `${name}.parquet`]);
    await writeContents(out, [...written, 'summary.json']);
    return { summary, overhead, costClaims: costClaims(steps, cost, summary.claims.length + costCount) };
  } finally {
    await runner.close();
  }
}

async function prepare(
  settings: ExperimentSettings,
  options: ExecutionOptions,
  runner: TaskRunner,
): Promise<Preparation> {
  const rows: Partial<Record<PreparatoryRun['name'], OptimumRow[]>> = {};
  const make = async (run: PreparatoryRun): Promise<void> => {
    const task = preparatoryTask(settings, options, run);
    await runner.run(task);
    rows[run.name] = optimumRows(task.folder);
  };
  await Promise.all(preparatoryRuns.filter(({ reference }) => reference === undefined).map(make));
  await Promise.all(preparatoryRuns.filter(({ reference }) => reference !== undefined).map(make));
  return rows as Preparation;
}

/** The optima of both comparisons: the smallest values that the single-objective runs came to. */
function optimaOf(preparation: Preparation): Record<Comparison, Pair> {
  const sft = optimumOf(preparation['sft-optimum'], 'sft');
  return {
    'sft-dpo': { dpo: optimumOf(preparation['dpo-optimum-sft-dpo'], 'dpo'), sft },
    'dpo-sft': { dpo: optimumOf(preparation['dpo-optimum-dpo-sft'], 'dpo'), sft },
  };
}

function preparatoryTask(
  settings: ExperimentSettings,
  { out, cache, workers }: ExecutionOptions,
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
  { out, cache, workers }: ExecutionOptions,
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
  return Math.max(1, Math.floor(availableParallelism() / workers));
}

/** Where runs are made: this thread, or several. */
interface TaskRunner {
  run(task: RunTask): Promise<void>;
  close(): Promise<void>;
}

function openRunner({ workers, onProgress }: ExecutionOptions, total: number): TaskRunner {
  let done = 0;
  const stepped = (steps: number): void => {
    done += steps;
    onProgress?.(done, total);
  };
  /** Makes one run; steps that it does not take, because an earlier process did, count as taken too. */
  const counted = async (task: RunTask, make: (onStep: OnStep) => Promise<void>): Promise<void> => {
    let taken = 0;
    await make(() => {
      taken += 1;
      stepped(1);
    });
    stepped(task.scheduleSettings.steps - taken);
  };
  if (workers === 1) {
    let last: Promise<void> = Promise.resolve();
    return {
      // One after the other: they share a backend.
      run: (task) => (last = last.then(() => counted(task, (onStep) => executeRun(task, onStep)))),
      close: () => Promise.resolve(),
    };
  }
  const pool = new Piscina<object, Refusal | undefined>({
    ...workerModule('run-task', import.meta.url),
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: Infinity,
  });
  return {
    run: (task) =>
      counted(task, async (onStep) => {
        const { port1, port2 } = new MessageChannel();
        port1.on('message', onStep);
        const refusal = await pool.run({ task, port: port2 }, { transferList: [port2] });
        port1.close();
        if (refusal !== undefined) throw new InputError(refusal.field, refusal.value, refusal.expected);
      }),
    close: () => pool.destroy(),
  };
}

/** What decides the experiment's numbers, with digests of the files in place of their paths. */
async function decisiveSettings(settings: ExperimentSettings): Promise<Record<string, unknown>> {
  const digests = Object.entries(settings.files).map(async ([name, path]: [string, string]) => {
    const digest = await digestOfModel(path).catch((error: unknown) => {
      throw fileRefusal(path, error, 'a file or folder that can be read');
    });
    return [name, digest];
  });
  const modules = (settings.schedules ?? []).filter(isModulePath);
  return {
    ...writtenSettings(settings),
    files: digestOf(JSON.stringify(await Promise.all(digests))),
    ...(modules.length > 0 && { 'schedule-modules': modules.map(moduleDigest) }),
  };
}

async function writeTable(folder: string, name: keyof typeof tables, rows: readonly object[]): Promise<void> {
  await writeTexts(join(folder, `${name}.jsonl`), jsonLines(rows));
  await writeParquet(join(folder, `${name}.parquet`), rows as Record<string, unknown>[], tables[name]);
}
