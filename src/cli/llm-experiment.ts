import { Command, Option } from 'commander';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../input-error.js';
import { backendNames, type BackendName } from '../llm/backend/names.js';
import type { ExperimentFiles, ExperimentSettings } from '../llm/experiment/settings.js';
import type { ExperimentReport } from '../llm/experiment/execute.js';
import type { Preset } from '../llm/preset/preset.js';
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
  readonly heldOutSft?: string;
  readonly heldOutPreferences?: string;
  readonly conflict?: number;
  readonly steps?: number;
  readonly optimumSteps?: number;
  readonly evaluateEvery?: number;
  readonly seeds?: number;
  readonly seed: number;
  readonly lambdas?: readonly number[];
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
  readonly output?: string;
  readonly figures: string | false;
  readonly hubCache: string;
  readonly json?: boolean;
}

/** `forgetting llm experiment`: the two comparisons, from the optima to a verdict on every claim. */
export function llmExperimentCommand(): Command {
  return new Command('experiment')
    .description('run every schedule against the optima in both comparisons, and say what it shows')
    .option('--preset <name>', 'synthetic, stories260k, … (default: stories260k where FORGETTING_DATA is set)')
    .option('--full', 'longer runs, until the curves flatten')
    .option('--model <path>', modelHelp)
    .option('--tokenizer <file>', 'tokenizer.json or llama2.c tokenizer .bin (default: the one beside the model)')
    .option('--sft <file>', 'JSONL or Parquet with instruction and output')
    .option('--preferences <file>', 'JSONL or Parquet with prompt, chosen and rejected')
    .option('--held-out-sft <file>', 'held-out SFT data (default: records behind those trained on)')
    .option('--held-out-preferences <file>', 'held-out preferences (default: records behind those trained on)')
    .option('--conflict <share>', 'share of synthetic preferences that contradict SFT', unitOption('conflict'))
    .option('--steps <T>', 'updates of a run', integerOption('steps', 1))
    .option('--optimum-steps <n>', 'updates of the single-objective runs', integerOption('optimum-steps', 1))
    .option('--evaluate-every <n>', 'steps between evaluations', integerOption('evaluate-every', 1))
    .option('--seeds <n>', 'runs of each kind', integerOption('seeds', 1))
    .option('--seed <n>', 'the first seed', integerOption('seed', 0), 0)
    .option('--lambdas <list>', 'weights of DPO, with commas', lambdasOption)
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
    .option('--cache <folder>', 'where made models and reference log-probabilities are kept', '.cache/llm')
    .option('--output <folder>', 'folder of the experiment (default: .cache/llm-experiment/<preset>)')
    .option('--figures <folder>', 'where the figures go', 'figures/rendered')
    .option('--no-figures', 'draw none')
    .addOption(hubCacheOption())
    .option('--json', 'print JSON')
    .action(experimentAction);
}

async function experimentAction(options: ExperimentOptions): Promise<void> {
  const { presets } = await import('../llm/preset/index.js');
  const { openBackend } = await import('../llm/backend/backend.js');
  const { runExperiment } = await import('../llm/experiment/execute.js');
  const { checkScale } = await import('../llm/experiment/plan.js');
  const data = process.env.FORGETTING_DATA;
  const name = options.preset ?? (data === undefined || data === '' ? 'synthetic' : 'stories260k');
  if (!Object.hasOwn(presets, name)) throw new InputError('preset', name, Object.keys(presets).join(', '));
  const preset = presets[name];
  const { scale, training, period } = chosenSettings(preset, options);
  checkScale(scale);
  const backend = await openBackend(options.backend);
  try {
    const conflict = preset.source.kind === 'synthetic' ? (options.conflict ?? 1) : undefined;
    const files = await filesOf(preset, options, backend, conflict);
    const settings: ExperimentSettings = {
      preset: name,
      files,
      training,
      scale,
      period,
      seed: options.seed,
      ...(conflict !== undefined && { conflict }),
      backend: backend.name,
    };
    process.stderr.write(`${backend.description}\n`);
    const output = options.output ?? join('.cache/llm-experiment', options.full === true ? `${name}-full` : name);
    // A GPU serves one run at a time.
    const workers = options.workers ?? (backend.name === 'webgpu' ? 1 : availableParallelism());
    let bar: ReturnType<typeof startProgress> | undefined;
    const report = await runExperiment(settings, {
      output,
      cache: options.cache,
      workers,
      onProgress: (done, total) => {
        bar ??= startProgress('experiment', total, done);
        bar.update(done);
      },
    });
    bar?.stop();
    if (options.json === true) printJson(report);
    else await printReport(report, output);
    if (options.figures !== false) await drawExperiment(options.figures, output, name, options);
    if (report.summary.checks.some(({ passed }) => !passed)) process.exitCode = 1;
  } finally {
    backend.close();
  }
}

/** Draws the figures of a finished experiment, and says where they are. */
async function drawExperiment(
  out: string,
  output: string,
  preset: string,
  { full = false, seed, workers }: ExperimentOptions,
): Promise<void> {
  const { llmDrawings } = await import('../../figures/index.js');
  const { commandFile } = await import('../../experiments/llm.js');
  const { drawFigures } = await import('./draw-figures.js');
  await writeWhole(join(output, commandFile), `${experimentCommand(process.argv.slice(2), preset)}\n`);
  const lines = await drawFigures({
    quick: !full,
    out,
    only: llmDrawings.map((drawing) => drawing.name),
    seed,
    ...(workers !== undefined && { workers }),
    cache: '.cache/forgetting',
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

/** The preset's settings with the options' in place of them. */
function chosenSettings(
  preset: Preset,
  options: ExperimentOptions,
): Pick<ExperimentSettings, 'scale' | 'training' | 'period'> {
  const { maxLength } = options;
  const given = <Name extends keyof ExperimentOptions>(...names: Name[]) =>
    Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return {
    scale: {
      ...(options.full === true ? preset.full : preset.scale),
      ...given('steps', 'optimumSteps', 'evaluateEvery', 'seeds', 'lambdas'),
      ...given('sftExamples', 'preferencePairs', 'evaluatedExamples', 'heldOutExamples'),
    },
    training: {
      ...preset.training,
      ...given('learningRate', 'beta', 'sftBatch', 'preferenceBatch'),
      ...(maxLength !== undefined && { maximumLength: maxLength }),
    },
    period: options.period ?? preset.period,
  };
}

async function filesOf(
  { source, name }: Preset,
  options: ExperimentOptions,
  backend: Parameters<typeof import('../llm/synthetic/prepare.js').prepareSynthetic>[0]['backend'],
  conflict: number | undefined,
): Promise<ExperimentFiles> {
  const { model, tokenizer, sft, preferences, heldOutSft, heldOutPreferences } = await withLocalInputs(options);
  if (source.kind === 'synthetic') {
    const { prepareSynthetic } = await import('../llm/synthetic/prepare.js');
    let bar: ReturnType<typeof startProgress> | undefined;
    const files = await prepareSynthetic({
      seed: options.seed,
      conflict: conflict ?? 1,
      backend,
      cache: options.cache,
      onStep: (step, steps) => {
        bar ??= startProgress('pre-training', steps);
        bar.update(step);
      },
    });
    bar?.stop();
    return files;
  }
  if (source.kind === 'data-folder') {
    const folder = process.env.FORGETTING_DATA;
    if (folder === undefined || folder === '') {
      throw new InputError('FORGETTING_DATA', folder, `a folder with ${source.model}, which --preset ${name} needs`);
    }
    return {
      model: model ?? join(folder, source.model),
      ...(tokenizer !== undefined && { tokenizer }),
      sft: sft ?? join(folder, source.sft),
      preferences: preferences ?? join(folder, source.preferences),
      heldOutSft: heldOutSft ?? join(folder, source.heldOutSft),
      heldOutPreferences: heldOutPreferences ?? join(folder, source.heldOutPreferences),
    };
  }
  throw new InputError('preset', name, 'a model and data');
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
