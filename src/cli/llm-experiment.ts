import { Command, Option } from 'commander';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../input-error.js';
import type { Backend } from '../llm/backend/backend.js';
import { backendNames, type BackendName } from '../llm/backend/names.js';
import type { ExperimentReport } from '../llm/experiment/execute.js';
import type { ExperimentFiles, ExperimentSettings } from '../llm/experiment/settings.js';
import type { Preset } from '../llm/preset/index.js';
import { integerOption, numberOption, unitOption } from './arguments.js';
import { hubCacheOption, modelHelp, withLocalInputs } from './llm-hub.js';
import { printJson, printTable, writeWhole } from './output.js';
import { startProgress } from './progress.js';
import { commandLine } from './provenance.js';

interface ExperimentOptions {
  readonly preset?: string;
  readonly full?: boolean;
  readonly model?: string;
  readonly tokenizer?: string;
  readonly sft?: string;
  readonly preferences?: string;
  readonly evaluationSft?: string;
  readonly evaluationPreferences?: string;
  readonly conflict?: number;
  readonly steps?: number;
  readonly optimumSteps?: number;
  readonly evaluateEvery?: number;
  readonly seeds?: number;
  readonly seed?: number;
  readonly lambdas?: readonly number[];
  readonly parts?: number;
  readonly horizons?: readonly number[];
  readonly period?: number;
  readonly learningRate?: number;
  readonly beta?: number;
  readonly maxLength?: number;
  readonly sftBatch?: number;
  readonly preferenceBatch?: number;
  readonly sftExamples?: number;
  readonly preferencePairs?: number;
  readonly evaluatedExamples?: number;
  readonly heldOutExamples?: number;
  readonly backend: BackendName;
  readonly workers?: number;
  readonly cache: string;
  readonly hubCache: string;
  readonly output?: string;
  readonly figures: string | false;
  readonly json?: boolean;
}

/** `forgetting llm experiment`: the two comparisons, from the optima to a verdict on every claim. */
export function llmExperimentCommand(): Command {
  return new Command('experiment')
    .description('run every schedule against the optima in both comparisons, and say what it shows')
    .option('--preset <name>', 'synthetic, stories260k, pythia-1b or llama3-8b (default: see below)')
    .option('--full', 'longer runs, until the curves flatten')
    .option('--model <path>', modelHelp)
    .option('--tokenizer <file>', 'tokenizer.json or llama2.c tokenizer .bin (default: the one beside the model)')
    .option('--sft <file>', 'JSONL or Parquet with instruction and output, or org/dataset[:file] of the HF hub')
    .option('--preferences <file>', 'JSONL or Parquet with prompt, chosen and rejected, or org/dataset[:file]')
    .option('--evaluation-sft <file>', 'held-out SFT data (default: the records behind those trained on)')
    .option('--evaluation-preferences <file>', 'held-out preferences (default: the records behind those trained on)')
    .option('--conflict <share>', 'share of synthetic preferences that contradict SFT', unitOption('conflict'))
    .option('--steps <T>', 'updates of a run', integerOption('steps', 1))
    .option('--optimum-steps <n>', 'updates of the single-objective runs', integerOption('optimum-steps', 1))
    .option('--evaluate-every <n>', 'steps between evaluations', integerOption('evaluate-every', 1))
    .option('--seeds <n>', 'runs of each kind', integerOption('seeds', 1))
    .option('--seed <n>', 'the first seed', integerOption('seed', 0))
    .option('--lambdas <list>', 'weights of DPO, with commas', lambdasOption)
    .option('--parts <n>', 'sequential is split after each of n parts but the last', integerOption('parts', 2))
    .option('--horizons <list>', 'multiples of T to run sequential and alright for too, or none', horizonsOption)
    .option('--period <k>', 'maxright evaluates both objectives every k steps', integerOption('period', 1))
    .option('--learning-rate <number>', 'α of AdamW', numberOption('learning-rate'))
    .option('--beta <number>', 'β of DPO', numberOption('beta'))
    .option('--max-length <tokens>', 'longest sequence; longer ones are cut', integerOption('max-length', 4))
    .option('--sft-batch <n>', 'SFT examples in a batch', integerOption('sft-batch', 1))
    .option('--preference-batch <n>', 'preference pairs in a batch', integerOption('preference-batch', 1))
    .option('--sft-examples <n>', 'SFT examples trained on', integerOption('sft-examples', 1))
    .option('--preference-pairs <n>', 'preference pairs trained on', integerOption('preference-pairs', 1))
    .option('--evaluated-examples <n>', 'of these, those evaluated on', integerOption('evaluated-examples', 1))
    .option('--held-out-examples <n>', 'held-out examples of each kind', integerOption('held-out-examples', 1))
    .addOption(new Option('--backend <name>', 'tensor backend').choices(backendNames).default('auto'))
    .option('--workers <n>', 'runs at a time; does not change any number', integerOption('workers', 1))
    .option(
      '--cache <folder>',
      'where made models, reference log-probabilities and the convex figure are kept',
      '.cache/llm',
    )
    .addOption(hubCacheOption())
    .option('--output <folder>', 'folder of the experiment (default: .cache/llm-experiment/<preset>)')
    .option('--figures <folder>', 'where the figures go', 'figures/rendered')
    .option('--no-figures', 'draw none')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe preset is synthetic by default, and stories260k where FORGETTING_DATA names a data folder.',
    )
    .action(experimentAction);
}

async function experimentAction(options: ExperimentOptions): Promise<void> {
  const { commandFile } = await import('../../experiments/llm.js');
  const { openBackend } = await import('../llm/backend/backend.js');
  const { runExperiment } = await import('../llm/experiment/execute.js');
  const { checkSettings } = await import('../llm/experiment/check-settings.js');
  const preset = await chosenPreset(options);
  const chosen = chosenSettings(preset, options);
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
    process.stderr.write(`${backend.description}\n`);
    const name = options.full === true ? `${preset.name}-full` : preset.name;
    const output = options.output ?? join('.cache/llm-experiment', name);
    // A GPU serves one run at a time.
    const workers = options.workers ?? (backend.name === 'webgpu' ? 1 : availableParallelism());
    const bar = lazyBar('experiment');
    const report = await runExperiment(settings, { output, cache: options.cache, workers, onProgress: bar.update });
    bar.stop();
    await writeWhole(join(output, commandFile), `${experimentCommand(process.argv.slice(2), preset.name)}\n`);
    if (options.json === true) printJson(report);
    else await printReport(report, output);
    if (options.figures !== false) await drawExperiment(options.figures, output, settings, options);
    if (report.summary.checks.some(({ passed }) => !passed)) process.exitCode = 1;
  } finally {
    backend.close();
  }
}

/** Draws the figures of a finished experiment, and says where they are. */
async function drawExperiment(
  out: string,
  output: string,
  { seed }: ExperimentSettings,
  { full = false, workers, cache }: ExperimentOptions,
): Promise<void> {
  const { llmDrawings } = await import('../../figures/index.js');
  const { drawFigures } = await import('./draw-figures.js');
  const lines = await drawFigures({
    quick: !full,
    out,
    only: llmDrawings.map((drawing) => drawing.name),
    seed,
    ...(workers !== undefined && { workers }),
    cache: join(cache, 'convex'),
    llm: output,
  });
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** The command line without what changes no number, and with the preset where it was not named. */
function experimentCommand(words: readonly string[], preset: string): string {
  const indifferent = /^--(output|figures|cache|hub-cache)$/;
  const kept = words.filter(
    (word, i) =>
      !/^--(json|no-figures)$/.test(word) &&
      !indifferent.test(word.split('=')[0]) &&
      !(i > 0 && indifferent.test(words[i - 1])),
  );
  return commandLine(words.some((word) => /^--preset(=|$)/.test(word)) ? kept : [...kept, '--preset', preset]);
}

/** The preset asked for, or else the one for the data at hand. */
async function chosenPreset({ preset }: ExperimentOptions): Promise<Preset> {
  const { presets } = await import('../llm/preset/index.js');
  const name = preset ?? (dataFolder() === undefined ? 'synthetic' : 'stories260k');
  if (!Object.hasOwn(presets, name)) throw new InputError('preset', name, Object.keys(presets).join(', '));
  return presets[name];
}

/** The folder that FORGETTING_DATA names. */
function dataFolder(): string | undefined {
  const folder = process.env.FORGETTING_DATA;
  return folder === '' ? undefined : folder;
}

/** The preset's settings with the options' in place of them. */
function chosenSettings(
  preset: Preset,
  options: ExperimentOptions,
): Pick<ExperimentSettings, 'scale' | 'training' | 'period' | 'seed'> {
  const { full = false, maxLength, steps } = options;
  const scale = full ? preset.full : preset.scale;
  const given = (...names: (keyof ExperimentOptions)[]): object =>
    Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return {
    scale: {
      ...scale,
      // Other steps, and no word on what goes with them: in the preset's proportions.
      ...(steps !== undefined && {
        evaluateEvery: Math.max(1, Math.floor(steps / (options.parts ?? scale.parts))),
        optimumSteps: Math.ceil((steps * scale.optimumSteps) / scale.steps),
      }),
      ...given('steps', 'optimumSteps', 'evaluateEvery', 'seeds', 'lambdas', 'parts', 'horizons'),
      ...given('sftExamples', 'preferencePairs', 'evaluatedExamples', 'heldOutExamples'),
    },
    training: {
      ...preset.training,
      ...(full && preset.fullTraining),
      ...given('learningRate', 'beta', 'sftBatch', 'preferenceBatch'),
      ...(maxLength !== undefined && { maximumLength: maxLength }),
    },
    period: options.period ?? preset.period,
    seed: options.seed ?? preset.seed,
  };
}

/** The conflict of synthetic data, all of it by default; undefined where the data are not synthetic. */
function conflictOf({ source, name }: Preset, options: ExperimentOptions): number | undefined {
  const made = source.kind === 'synthetic' && givenFiles(options) === undefined;
  if (!made && options.conflict !== undefined) {
    throw new InputError('conflict', options.conflict, `the preset synthetic without other files, not ${name}`);
  }
  return made ? (options.conflict ?? 1) : undefined;
}

/** The options with the preset's files where none are given. */
function withPresetFiles({ source, name }: Preset, options: ExperimentOptions): ExperimentOptions {
  if (source.kind === 'synthetic') return options;
  const { kind, ...files } = source;
  if (kind === 'hub') return { ...files, ...options };
  const folder = dataFolder();
  if (folder === undefined) {
    throw new InputError('FORGETTING_DATA', folder, `a folder with ${files.model}, which the preset ${name} needs`);
  }
  const inFolder = Object.fromEntries(Object.entries(files).map(([file, path]) => [file, join(folder, path)]));
  // Held-out files of the preset would be no match for other training data.
  if (options.sft !== undefined) delete inFolder.evaluationSft;
  if (options.preferences !== undefined) delete inFolder.evaluationPreferences;
  return { ...inFolder, ...options };
}

/** The files that are named; undefined where none is. Throws an InputError where only some are. */
function givenFiles(options: ExperimentOptions): ExperimentFiles | undefined {
  const { model, tokenizer, sft, preferences, evaluationSft, evaluationPreferences } = options;
  if (model === undefined && sft === undefined && preferences === undefined) return undefined;
  const required = (field: string, path: string | undefined): string => {
    if (path === undefined) throw new InputError(field, path, '--model, --sft and --preferences together');
    return path;
  };
  return {
    model: required('model', model),
    sft: required('sft', sft),
    preferences: required('preferences', preferences),
    ...(tokenizer !== undefined && { tokenizer }),
    ...(evaluationSft !== undefined && { evaluationSft }),
    ...(evaluationPreferences !== undefined && { evaluationPreferences }),
  };
}

/** The synthetic data and the model pre-trained on their language. */
async function syntheticFiles(
  { cache }: ExperimentOptions,
  { conflict = 1, seed, backend }: { conflict: number | undefined; seed: number; backend: Backend },
): Promise<ExperimentFiles> {
  const { prepareSynthetic } = await import('../llm/synthetic/prepare.js');
  const bar = lazyBar('pre-training');
  const files = await prepareSynthetic({ seed, conflict, backend, cache, onStep: bar.update });
  bar.stop();
  return files;
}

/** A progress bar that appears with the first that is done, when the total is known. */
function lazyBar(label: string): { update: (done: number, total: number) => void; stop: () => void } {
  let bar: ReturnType<typeof startProgress> | undefined;
  return {
    update: (done, total) => {
      bar ??= startProgress(label, total, done);
      bar.update(done);
    },
    stop: () => {
      bar?.stop();
    },
  };
}

function horizonsOption(text: string): number[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const multiple = numberOption('horizons')(part);
    if (!(multiple > 0) || multiple === 1)
      throw new InputError('horizons', text, 'multiples of T other than 1, or none');
    return multiple;
  });
}

function lambdasOption(text: string): number[] {
  return text.split(',').map((part) => unitOption('lambdas')(part));
}

async function printReport({ summary, overhead }: ExperimentReport, output: string): Promise<void> {
  const { overheadSentences } = await import('../llm/experiment/overhead.js');
  const { rows, checks, claims, singleObjectives } = summary;
  const shown = (value: number): string => String(Number(value.toPrecision(4)));
  printTable(
    ['run', 'start', 'smallest', 'lowered by'],
    singleObjectives.map(({ name, start, optimum, reduction }) => [
      name,
      shown(start),
      shown(optimum),
      `${(100 * reduction).toFixed(1)} %`,
    ]),
  );
  process.stdout.write('\n');
  printTable(
    ['comparison', 'schedule', 'λ', 'f_SFT', 'f_DPO', 'gap', 'ideal distance', 'held-out accuracy'],
    rows.map(({ comparison, schedule, lambda, sft, dpo, gap, idealDistance, heldOutAccuracy }) => [
      comparison,
      schedule,
      String(lambda),
      ...[sft, dpo, gap, idealDistance, heldOutAccuracy].map(({ mean }) => shown(mean)),
    ]),
  );
  process.stdout.write('\n');
  for (const { statement, passed, measured } of checks) {
    process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${statement}: ${measured}\n`);
  }
  for (const { claim, comparison, verdict, measured } of claims) {
    process.stdout.write(`${verdict}  ${comparison}: ${claim}: ${measured}\n`);
  }
  for (const sentence of overheadSentences(overhead)) process.stdout.write(`${sentence}\n`);
  process.stdout.write(`\nall of it in ${output}\n`);
}
