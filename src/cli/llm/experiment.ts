import { Command } from 'commander';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import type { ExperimentSettings } from '../../study/settings.js';
import { withClusterOptions } from '../options/cluster.js';
import { withExperimentOptions, type ExperimentOptions } from '../options/experiment.js';
import { shareExperiment, type SharedExperiment } from '../experiment/cluster.js';
import { printExperiment } from '../experiment/report.js';
import { chosenPreset, chosenSettings, conflictOf } from '../experiment/settings.js';
import { writeWhole } from '../../base/whole-file.js';
import { printJson } from '../output.js';
import { lazyProgress } from '../../base/progress.js';
import { commandLine } from '../provenance.js';
import { withoutOptions } from '../words.js';

/** `forgetting llm experiment`: the two comparisons, from the optima to a verdict on every claim. */
export function llmExperimentCommand(): Command {
  const command = new Command('experiment').description(
    'run every schedule against the optima in both comparisons, and say what it shows',
  );
  return withClusterOptions(withExperimentOptions(command)).action(experimentAction);
}

async function experimentAction(options: ExperimentOptions): Promise<void> {
  const { compareRemediesAction, refuseParameters } = await import('../experiment/remedies.js');
  if (options.remedies !== undefined) {
    await compareRemediesAction(options, (preset) => experimentCommand(process.argv.slice(2), preset));
    return;
  }
  refuseParameters(options);
  const { claimExperiment, readPlan, runOne } = await import('../../study/execute.js');
  const { seedsOf } = await import('../../study/plan.js');
  const preset = await chosenPreset(options);
  const chosen = await chosenSettings(preset, options);
  const conflict = conflictOf(preset, options);
  const planned = { preset: preset.name, ...chosen, ...(conflict !== undefined && { conflict }) };
  const name = options.full === true ? `${preset.name}-full` : preset.name;
  const out = options.out ?? join('.cache/llm-experiment', name);
  // Refused now, and not when everything has run.
  figuresFolder(out, options);
  const experiment: SharedExperiment<ExperimentSettings> = {
    ...{ planned, seeds: seedsOf(chosen), summary: 'summary.json' },
    read: () => readPlan(planned, out, options.backend),
    claim: (settings) => claimExperiment(settings, out),
    makeOne: runOne,
    makeAll: (settings, workers) => runAll(settings, out, { ...options, workers }),
  };
  await shareExperiment(experiment, { preset, out, options });
}

/** Makes every run that is not made yet, the tables and the figures. */
async function runAll(
  settings: ExperimentSettings,
  out: string,
  options: ExperimentOptions & { readonly workers: number },
): Promise<void> {
  const { commandFile } = await import('../../../experiments/llm.js');
  const { runExperiment } = await import('../../study/execute.js');
  const { cache, workers } = options;
  const bar = lazyProgress('experiment');
  const report = await runExperiment(settings, { out, cache, workers, onProgress: bar.update });
  bar.stop();
  await writeWhole(join(out, commandFile), `${experimentCommand(process.argv.slice(2), settings.preset)}\n`);
  if (options.json === true) printJson(report);
  else await printExperiment(report, out);
  if (options.figures !== false) await drawExperiment(figuresFolder(out, options), out, settings, options);
  if (report.summary.checks.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** Where the figures go: unless said, nothing that the repository holds is overwritten. */
function figuresFolder(out: string, { figures, updateDocs = false }: ExperimentOptions): string {
  if (updateDocs && typeof figures === 'string') {
    throw new InputError('figures', figures, 'either --figures or --update-docs');
  }
  return updateDocs ? 'figures/rendered' : typeof figures === 'string' ? figures : join(out, 'figures');
}

/** Draws the figures of a finished experiment, and says where they are. */
async function drawExperiment(
  figures: string,
  out: string,
  { seed }: ExperimentSettings,
  { full = false, workers, cache }: ExperimentOptions,
): Promise<void> {
  const { llmDrawings } = await import('../../../figures/index.js');
  const { drawFigures, drawnLines } = await import('../../../figures/draw.js');
  const drawn = await drawFigures({
    quick: !full,
    out: figures,
    only: llmDrawings.map((drawing) => drawing.name),
    seed,
    ...(workers !== undefined && { workers }),
    cache: join(cache, 'convex'),
    llm: out,
  });
  process.stderr.write(`${drawnLines(drawn).join('\n')}\n`);
}

/** The command line without what changes no number, and with the preset where it was not named. */
function experimentCommand(words: readonly string[], preset: string): string {
  const kept = withoutOptions(words, {
    flags: ['json', 'no-figures', 'update-docs', 'recompute', 'no-recompute'],
    valued: ['figures', 'hub-cache'],
  });
  return commandLine(words.some((word) => /^--preset(=|$)/.test(word)) ? kept : [...kept, '--preset', preset]);
}
