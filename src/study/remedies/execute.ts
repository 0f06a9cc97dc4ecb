import { join } from 'node:path';
import { writeJson } from '../../base/json-file.js';
import { writeParquet } from '../../base/parquet.js';
import { jsonLines } from '../../base/text.js';
import { writeTexts } from '../../base/whole-file.js';
import { writeContents } from '../../llm/results/contents.js';
import { claimedSettings, claimFolder } from '../../llm/results/run-folder.js';
import type { RunEnd } from '../../llm/train/run.js';
import type { BackendName } from '../../engine/names.js';
import { isModulePath, moduleDigest } from '../../schedule/load.js';
import { checkSettings, requireContext } from '../check-settings.js';
import { decisiveSettings, unknownBefore } from '../execute.js';
import { makeAll, makeOne, type ExecutionOptions, type OneRunOptions } from '../make-runs.js';
import { writtenSettings } from '../settings.js';
import { remedyRuns, type PlannedRemedies, type RemedyRun, type RemedySettings } from './plan.js';
import {
  plannedRemedies,
  remedyOptima,
  remedyReferences,
  remedyTasks,
  type PlannedRemedyRun,
} from './planned-remedies.js';
import { remedyCosts, remedyRows, remedySummaryFile, remedyTables, type RemedyCost } from './results.js';
import { summariseRemedies, type RemedySummary } from './summary.js';
import { chosenRemedies } from './trained-remedies.js';
import type { TrainedRemedy } from './trained-remedy.js';

/** What a comparison of remedies says, and what every run cost on this machine. */
export interface RemedyReport {
  readonly summary: RemedySummary;
  readonly cost: readonly RemedyCost[];
}

/** A comparison of remedies that has taken its folder. */
interface ClaimedRemedies {
  readonly remedies: readonly TrainedRemedy[];
  readonly compared: readonly RemedyRun[];
  readonly runs: readonly PlannedRemedyRun[];
}

/**
 * Compares remedies for forgetting, from SFT to DPO: every run has the same start, reference policy, optima, data and
 * number of updates. Gone on with, it makes what is not made yet, and ends with the same bytes.
 * Throws an InputError on settings and files that do not fit, and where the folder holds another comparison.
 */
export async function runRemedies(settings: RemedySettings, options: ExecutionOptions): Promise<RemedyReport> {
  const { out } = options;
  const claimed = await claimRemedies(settings, out);
  await makeAll(claimed.runs, remedyTasks(settings, options), options);
  // Every run reads its files when it begins: those that were changed since would make two comparisons of one.
  await claimRemedies(settings, out);
  return writeReport(settings, claimed, out);
}

/**
 * Makes one run of a comparison in this thread, where it is not made yet; any number of processes may each make another.
 * Throws an InputError as `runRemedies` and `makeOne` do.
 */
export async function runOneRemedy(settings: RemedySettings, number: number, options: OneRunOptions): Promise<RunEnd> {
  const { runs } = await claimRemedies(settings, options.out);
  return makeOne(runs, number, remedyTasks(settings, { ...options, workers: 1 }), options);
}

/**
 * Checks settings, plans the runs and takes the folder for the comparison.
 * Throws an InputError on settings and files that do not fit, and where the folder holds another comparison.
 */
export async function claimRemedies(settings: RemedySettings, out: string): Promise<ClaimedRemedies> {
  const { remedies, runs: compared } = await checkedRemedies(settings);
  requireContext(settings);
  await claimFolder(out, { ...(await decisiveSettings(settings)), ...identityOf(settings, remedies) });
  return { remedies, compared, runs: plannedRemedies(settings, compared, out) };
}

/**
 * The runs of a comparison in a folder, and the backend that they compute on where the folder says so. Reads no file of
 * the comparison's.
 * Throws an InputError where the folder holds another comparison.
 */
export async function readRemedyPlan(
  settings: PlannedRemedies,
  out: string,
  backend: BackendName,
): Promise<{ readonly runs: readonly PlannedRemedyRun[]; readonly backend?: string }> {
  const planned = { ...settings, backend: backend === 'auto' ? 'cpu' : backend } as const;
  const { remedies, runs: compared } = await checkedRemedies(planned);
  const known = { ...writtenSettings(planned), ...identityOf(planned, remedies) };
  const found = claimedSettings(out, known, unknownBefore(backend))?.backend;
  return {
    runs: plannedRemedies(planned, compared, out),
    ...(typeof found === 'string' && { backend: found }),
  };
}

/** What decides a comparison's numbers beside what decides every experiment's. */
function identityOf(
  { remedies: names = [], parameters }: Pick<RemedySettings, 'remedies' | 'parameters'>,
  remedies: readonly TrainedRemedy[],
): Record<string, unknown> {
  const modules = names.filter(isModulePath);
  return {
    remedies: remedies.map(({ name }) => name),
    parameters,
    ...(modules.length > 0 && { 'remedy-modules': modules.map(moduleDigest) }),
  };
}

/** Writes a comparison's tables and their summary, from the folders of its runs. */
async function writeReport(
  settings: RemedySettings,
  { remedies, compared }: ClaimedRemedies,
  out: string,
): Promise<RemedyReport> {
  const rows = remedyRows(out, compared);
  await writeTable(out, 'remedies', rows);
  const cost = remedyCosts(out, compared);
  await writeTable(out, 'cost', cost);
  const { parameters } = settings;
  const summary = summariseRemedies(
    { ...writtenSettings(settings), remedies: remedies.map(({ name }) => name), parameters },
    settings,
    remedies,
    { optima: remedyOptima(out, settings.seed), rows, references: remedyReferences(out, settings) },
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

async function writeTable(folder: string, name: keyof typeof remedyTables, rows: readonly object[]): Promise<void> {
  await writeTexts(join(folder, `${name}.jsonl`), jsonLines(rows));
  await writeParquet(join(folder, `${name}.parquet`), rows as Record<string, unknown>[], remedyTables[name]);
}
