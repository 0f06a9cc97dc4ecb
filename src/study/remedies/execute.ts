import { join } from 'node:path';
import { cores } from '../../base/cores.js';
import { writeJson } from '../../base/json-file.js';
import { writeParquet } from '../../base/parquet.js';
import { jsonLines } from '../../base/text.js';
import { writeTexts } from '../../base/whole-file.js';
import { writeContents } from '../../llm/results/contents.js';
import { claimFolder } from '../../llm/results/run-folder.js';
import type { Pair } from '../../schedule/schedule.js';
import { isModulePath, moduleDigest } from '../../schedule/load.js';
import { checkSettings, requireContext } from '../check-settings.js';
import { optimumOf, optimumRows, runFolder } from '../collect.js';
import { decisiveSettings, openRunner, type ExecutionOptions } from '../execute.js';
import { preparatory, type PreparatoryName } from '../plan.js';
import type { RunTask } from '../run-task.js';
import { writtenSettings } from '../settings.js';
import { remedyRuns, type PlannedRemedies, type RemedyRun, type RemedySettings } from './plan.js';
import { remedyCosts, remedyFolder, remedyRows, remedySummaryFile, remedyTables, type RemedyCost } from './results.js';
import { summariseRemedies, type RemedySummary } from './summary.js';
import { chosenRemedies } from './trained-remedies.js';
import type { TrainedRemedy } from './trained-remedy.js';

/** What a comparison of remedies says, and what every run cost on this machine. */
export interface RemedyReport {
  readonly summary: RemedySummary;
  readonly cost: readonly RemedyCost[];
}

/** The run whose model is the reference policy and whose least loss is f_SFT*, and the one that finds f_DPO*. */
const [sftRun, dpoRun] = ['sft-optimum', 'dpo-optimum-sft-dpo'] as const satisfies readonly PreparatoryName[];

/**
 * Compares remedies for forgetting, from SFT to DPO: every run has the same start, reference policy, optima, data and
 * number of updates. Gone on with, it makes what is not made yet, and ends with the same bytes.
 * Throws an InputError on settings and files that do not fit, and where the folder holds another comparison.
 */
export async function runRemedies(settings: RemedySettings, options: ExecutionOptions): Promise<RemedyReport> {
  const { out } = options;
  const { remedies, runs } = await checkedRemedies(settings);
  requireContext(settings);
  const modules = (settings.remedies ?? []).filter(isModulePath);
  const identity = {
    ...(await decisiveSettings(settings)),
    remedies: remedies.map(({ name }) => name),
    parameters: settings.parameters,
    ...(modules.length > 0 && { 'remedy-modules': modules.map(moduleDigest) }),
  };
  await claimFolder(out, identity);
  const { optimumSteps } = settings.scale;
  const runner = openRunner(options, 2 * optimumSteps + runs.reduce((sum, { steps }) => sum + steps, 0));
  const threads = Math.max(1, Math.floor(cores() / options.workers));
  // All begin with the start and the data of the first seed, on one learning rate.
  const common = {
    ...{ settings, cache: options.cache, threads, startSeed: settings.seed, factors: { dpo: 1, sft: 1 } },
    ...({ targets: 'sft', heldOut: 'heldOut' } as const),
  };
  const folderOf = (name: PreparatoryName): string =>
    runFolder(out, { kind: 'preparatory', name, seed: settings.seed });
  let optima: Pair;
  try {
    for (const name of [sftRun, dpoRun]) {
      const found = preparatory.find((run) => run.name === name);
      if (found === undefined) throw new Error(`no preparatory run ${name}`);
      const { schedule, reference } = found;
      await runner.run({
        ...common,
        folder: folderOf(name),
        ...{ schedule, scheduleSettings: { lambda: schedule === 'dpo' ? 1 : 0, steps: optimumSteps } },
        ...(reference !== undefined && { reference: folderOf(reference) }),
        seed: settings.seed,
      });
    }
    optima = {
      dpo: optimumOf(optimumRows(folderOf(dpoRun)), 'dpo'),
      sft: optimumOf(optimumRows(folderOf(sftRun)), 'sft'),
    };
    await Promise.all(
      runs.map((run) => runner.run(taskOf(run, { ...common, reference: folderOf(sftRun) }, out, optima))),
    );
  } finally {
    await runner.close();
  }
  const rows = remedyRows(out, runs);
  await writeTable(out, 'remedies', rows);
  const cost = remedyCosts(out, runs);
  await writeTable(out, 'cost', cost);
  const summary = summariseRemedies(
    { ...writtenSettings(settings), remedies: identity.remedies, parameters: settings.parameters },
    settings,
    remedies,
    { optima, rows },
  );
  await writeJson(join(out, remedySummaryFile), summary);
  const written = Object.keys(remedyTables).flatMap((name) => [`${name}.jsonl`, `${name}.parquet`]);
  await writeContents(out, [...written, remedySummaryFile]);
  return { summary, cost };
}

/**
 * The remedies of a comparison and its runs. Throws an InputError on settings and names that do not fit, before a file is
 * read.
 */
export async function checkedRemedies(
  settings: PlannedRemedies,
): Promise<{ readonly remedies: readonly TrainedRemedy[]; readonly runs: readonly RemedyRun[] }> {
  checkSettings(settings);
  const remedies = await chosenRemedies(settings.remedies);
  return { remedies, runs: await remedyRuns(settings, remedies) };
}

function taskOf(
  run: RemedyRun,
  common: Omit<RunTask, 'folder' | 'schedule' | 'scheduleSettings' | 'seed'>,
  out: string,
  ideal: Pair,
): RunTask {
  const { reference: schedule, scheduleSettings, stageTwo, seed } = run;
  return {
    ...common,
    folder: remedyFolder(out, run),
    ...{ schedule, scheduleSettings: { ...scheduleSettings, ideal }, seed },
    ...(stageTwo && { stageTwo }),
  };
}

async function writeTable(folder: string, name: keyof typeof remedyTables, rows: readonly object[]): Promise<void> {
  await writeTexts(join(folder, `${name}.jsonl`), jsonLines(rows));
  await writeParquet(join(folder, `${name}.parquet`), rows as Record<string, unknown>[], remedyTables[name]);
}
