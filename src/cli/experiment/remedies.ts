import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { lazyProgress } from '../../base/progress.js';
import { significant } from '../../base/text.js';
import { writeWhole } from '../../base/whole-file.js';
import type { RemedyReport } from '../../study/remedies/execute.js';
import type { PlannedRemedies, RemedySettings } from '../../study/remedies/plan.js';
import { optionName } from '../arguments.js';
import type { ExperimentOptions } from '../options/experiment.js';
import { remedyParameters } from '../options/remedies.js';
import { trainedStageTwo } from '../options/train.js';
import { printJson, printTable } from '../output.js';
import { shareExperiment, type SharedExperiment } from './cluster.js';
import { chosenPreset, chosenSettings, conflictOf } from './settings.js';

/** Those of the options that belong to remedies alone: the others are schedules' too. */
const remedyOptions: readonly string[] = [...trainedStageTwo, 'stageTwoLearningRate'];

/** The parameters whose values the options may give. */
const parameterNames: readonly string[] = [...Object.keys(remedyParameters), 'stageTwoLearningRate'];

/** Refuses the parameters of remedies where none are compared. */
export function refuseParameters(options: ExperimentOptions): void {
  const found = Object.entries(options).find(([name]) => remedyOptions.includes(name));
  if (found !== undefined) throw new InputError(optionName(found[0]), found[1], '--remedies with it');
}

/** `forgetting llm experiment --remedies`: what is done against forgetting, on one model, side by side. */
export async function compareRemediesAction(
  options: ExperimentOptions,
  commandLineOf: (preset: string) => string,
): Promise<void> {
  for (const name of ['schedules', 'horizons', 'budgets'] as const) {
    if (options[name] !== undefined)
      throw new InputError(optionName(name), options[name], 'it to be left out with --remedies');
  }
  const { claimRemedies, readRemedyPlan, runOneRemedy } = await import('../../study/remedies/execute.js');
  const { remedySummaryFile } = await import('../../study/remedies/results.js');
  const given = new Map<string, unknown>(Object.entries(options));
  const parameters: Record<string, string> = {};
  for (const name of parameterNames) {
    const value = given.get(name);
    if (typeof value === 'string' || typeof value === 'number') parameters[name] = String(value);
    given.delete(name);
  }
  const rest = Object.fromEntries(given) as unknown as ExperimentOptions;
  const preset = await chosenPreset(rest);
  const chosen = await chosenSettings(preset, rest);
  const conflict = conflictOf(preset, rest);
  const out =
    options.out ?? join('.cache/llm-experiment', `${preset.name}${options.full === true ? '-full' : ''}-remedies`);
  const planned: PlannedRemedies = {
    ...{ preset: preset.name, ...chosen, ...(conflict !== undefined && { conflict }) },
    scale: { ...chosen.scale, lambdas: options.lambdas ?? [0.5], horizons: [] },
    ...(typeof options.remedies === 'string' && { remedies: options.remedies.split(',').map((name) => name.trim()) }),
    parameters,
  };
  const experiment: SharedExperiment<RemedySettings> = {
    ...{ planned, seeds: [chosen.seed], summary: remedySummaryFile },
    read: () => readRemedyPlan(planned, out, options.backend),
    claim: (settings) => claimRemedies(settings, out),
    makeOne: runOneRemedy,
    makeAll: (settings, workers) => compareAll(settings, out, { ...options, workers }, commandLineOf(preset.name)),
  };
  await shareExperiment(experiment, { preset, out, options: rest });
}

/** Makes every run that is not made yet, the tables and the figure. */
async function compareAll(
  settings: RemedySettings,
  out: string,
  options: ExperimentOptions & { readonly workers: number },
  command: string,
): Promise<void> {
  const { runRemedies } = await import('../../study/remedies/execute.js');
  const { commandFile } = await import('../../../experiments/llm.js');
  const { cache, workers } = options;
  const bar = lazyProgress('remedies');
  const report = await runRemedies(settings, { out, cache, workers, onProgress: bar.update });
  bar.stop();
  await writeWhole(join(out, commandFile), `${command}\n`);
  if (options.json === true) printJson(report);
  else await printRemedies(report, out);
  if (options.figures !== false) await drawRemedies(out, settings.seed, options);
}

/** Draws the figure of a finished comparison, in its folder unless another is named, and says where it is. */
async function drawRemedies(
  out: string,
  seed: number,
  { figures, full = false, cache }: ExperimentOptions,
): Promise<void> {
  const { llmRemedyDrawings } = await import('../../../figures/index.js');
  const { drawFigures, drawnLines } = await import('../../../figures/draw.js');
  const drawn = await drawFigures({
    quick: !full,
    out: typeof figures === 'string' && figures !== 'figures/rendered' ? figures : join(out, 'figures'),
    only: llmRemedyDrawings.map((drawing) => drawing.name),
    seed,
    cache: join(cache, 'convex'),
    llm: out,
  });
  process.stderr.write(`${drawnLines(drawn).join('\n')}\n`);
}

async function printRemedies({ summary, cost }: RemedyReport, out: string): Promise<void> {
  const { yardstick } = await import('../../study/remedies/trained-remedies.js');
  const { rows, start, references, places, labels } = summary;
  const shown = ({ mean }: { readonly mean: number }): string => significant(mean, 4);
  const own = (remedy: string, value: string | null, lambda: number): (typeof cost)[number][] =>
    cost.filter((row) => row.remedy === remedy && row.value === value && row.lambda === lambda);
  const averageOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const header = ['remedy', 'λ', 'value', 'chosen', 'f_SFT', 'f_DPO', 'F_λ'];
  const seen = [
    'held-out f_SFT',
    'held-out f_DPO',
    'held-out F_λ',
    'accuracy',
    'gradients',
    'losses',
    'vectors',
    'seconds',
  ];
  printTable(
    [...header, ...seen],
    [
      [
        ...['start', '', '', ''],
        ...[start.sft, start.dpo, start.weightedSum, start.heldOutSft, start.heldOutDpo].map(shown),
        ...[start.heldOutWeightedSum, start.heldOutAccuracy].map(shown),
        ...['', '', '', ''],
      ],
      ...(['untrained', 'uniformGuess'] as const).map((name) => {
        const { sft, dpo, heldOutSft, heldOutDpo, heldOutAccuracy } = references[name];
        return [
          ...[name === 'untrained' ? name : 'uniform guess', '', '', ''],
          ...[sft, dpo].map((value) => significant(value, 4)),
          ...['', significant(heldOutSft, 4), significant(heldOutDpo, 4), '', significant(heldOutAccuracy, 4)],
          ...['', '', '', ''],
        ];
      }),
      ...rows.map((row) => {
        const costs = own(row.remedy, row.value, row.lambda);
        const perRun = (measure: (one: (typeof cost)[number]) => number): string =>
          significant(averageOf(costs.map(measure)), 3);
        return [
          ...[row.remedy, String(row.lambda), row.value ?? '–', row.chosen],
          ...[row.sft, row.dpo, row.weightedSum, row.heldOutSft, row.heldOutDpo].map(shown),
          ...[row.heldOutWeightedSum, row.heldOutAccuracy].map(shown),
          perRun(({ dpoGradients, sftGradients }) => dpoGradients + sftGradients),
          perRun(({ lossEvaluations }) => lossEvaluations),
          perRun(({ vectors }) => vectors),
          perRun(({ seconds }) => seconds),
        ];
      }),
    ],
  );
  process.stdout.write('\n');
  if (places.length > 0)
    process.stdout.write(
      `Held-out F_λ less that of ${labels[yardstick]}; where objectives are convex, and here even with the best value:\n`,
    );
  for (const { said, lambda } of places) process.stdout.write(`λ = ${lambda}  ${said}\n`);
  process.stdout.write(`\nall of it in ${out}\n`);
}
