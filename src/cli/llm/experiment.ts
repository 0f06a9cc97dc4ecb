import { Command } from 'commander';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ExperimentSettings } from '../../study/settings.js';
import { announce } from '../options/backend.js';
import { withExperimentOptions, type ExperimentOptions } from '../options/experiment.js';
import { printExperiment } from '../experiment/report.js';
import {
  chosenPreset,
  chosenSettings,
  conflictOf,
  givenFiles,
  syntheticFiles,
  withPresetFiles,
} from '../experiment/settings.js';
import { withLocalInputs } from '../options/hub.js';
import { writeWhole } from '../../base/whole-file.js';
import { printJson } from '../output.js';
import { lazyProgress } from '../../base/progress.js';
import { commandLine } from '../provenance.js';

/** `forgetting llm experiment`: the two comparisons, from the optima to a verdict on every claim. */
export function llmExperimentCommand(): Command {
  return withExperimentOptions(
    new Command('experiment').description(
      'run every schedule against the optima in both comparisons, and say what it shows',
    ),
  ).action(experimentAction);
}

async function experimentAction(options: ExperimentOptions): Promise<void> {
  const { commandFile } = await import('../../../experiments/llm.js');
  const { openBackend } = await import('../../engine/backend.js');
  const { runExperiment } = await import('../../study/execute.js');
  const { checkSettings } = await import('../../study/check-settings.js');
  const preset = await chosenPreset(options);
  const chosen = await chosenSettings(preset, options);
  checkSettings(chosen);
  const conflict = conflictOf(preset, options);
  const given = await withLocalInputs(withPresetFiles(preset, options));
  const backend = await openBackend(options.backend);
  try {
    const settings: ExperimentSettings = {
      preset: preset.name,
      ...chosen,
      ...(conflict !== undefined && { conflict }),
      files: givenFiles(given) ?? (await syntheticFiles(options, { conflict, seed: chosen.seed, backend })),
      backend: backend.name,
    };
    announce(backend);
    const name = options.full === true ? `${preset.name}-full` : preset.name;
    const out = options.out ?? join('.cache/llm-experiment', name);
    // A GPU serves one run at a time.
    const workers = options.workers ?? (backend.name === 'webgpu' ? 1 : availableParallelism());
    const bar = lazyProgress('experiment');
    const report = await runExperiment(settings, { out, cache: options.cache, workers, onProgress: bar.update });
    bar.stop();
    await writeWhole(join(out, commandFile), `${experimentCommand(process.argv.slice(2), preset.name)}\n`);
    if (options.json === true) printJson(report);
    else await printExperiment(report, out);
    if (options.figures !== false) await drawExperiment(options.figures, out, settings, options);
    if (report.summary.checks.some(({ passed }) => !passed)) process.exitCode = 1;
  } finally {
    backend.close();
  }
}

/** Draws the figures of a finished experiment, and says where they are. */
async function drawExperiment(
  figures: string,
  out: string,
  { seed }: ExperimentSettings,
  { full = false, workers, cache }: ExperimentOptions,
): Promise<void> {
  const { llmDrawings } = await import('../../../figures/index.js');
  const { drawFigures } = await import('../../../figures/draw.js');
  const lines = await drawFigures({
    quick: !full,
    out: figures,
    only: llmDrawings.map((drawing) => drawing.name),
    seed,
    ...(workers !== undefined && { workers }),
    cache: join(cache, 'convex'),
    llm: out,
  });
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** The command line without what changes no number, and with the preset where it was not named. */
function experimentCommand(words: readonly string[], preset: string): string {
  const indifferent = /^--(figures|cache|hub-cache)$/;
  const kept = words.filter(
    (word, i) =>
      !/^--(json|no-figures)$/.test(word) &&
      !indifferent.test(word.split('=')[0]) &&
      !(i > 0 && indifferent.test(words[i - 1])),
  );
  return commandLine(words.some((word) => /^--preset(=|$)/.test(word)) ? kept : [...kept, '--preset', preset]);
}
