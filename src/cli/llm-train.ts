import { Command } from 'commander';
import { InputError } from '../input-error.js';
import type { Backend } from '../llm/backend/backend.js';
import type { LoadOptions } from '../llm/model/load.js';
import type { ObjectiveData, RunEnd, RunOptions } from '../llm/train/run.js';
import type { Order, Pair } from '../schedule/schedule.js';
import { integerOption, numberOption, unitOption, wordOption } from './arguments.js';
import { printReport, reportOf } from './llm-evaluate.js';
import {
  announce,
  dpoSettingsOf,
  modelDigest,
  openSessionBackend,
  readData,
  referenced,
  withSessionOptions,
  type LoadedModel,
  type SessionData,
  type SessionOptions,
} from './llm-session.js';
import { printJson } from './output.js';
import { startProgress } from './progress.js';
import { commandLine } from './provenance.js';

interface TrainOptions extends SessionOptions {
  readonly schedule: string;
  readonly lambda: number;
  readonly order: Order;
  readonly split?: readonly [number, number];
  readonly steps?: number;
  readonly period: number;
  readonly sftOptimum?: number;
  readonly dpoOptimum?: number;
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  readonly gradientAccumulation: number;
  readonly learningRate: number;
  readonly warmup: number;
  readonly decay: 'constant' | 'cosine';
  readonly weightDecay: number;
  readonly maxNorm: number;
  readonly resetOptimizer?: boolean;
  readonly loraRank?: number;
  readonly loraAlpha?: number;
  readonly loraTargets?: readonly string[];
  readonly fullFineTuning?: boolean;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly evaluateEvery?: number;
  readonly evaluationSft?: string;
  readonly evaluationPreferences?: string;
  readonly stopWithin?: number;
  readonly paretoPoint?: readonly Pair[];
  readonly checkpointEvery: number;
  readonly output: string;
  readonly resume?: boolean;
  readonly tensorboard?: boolean;
}

/** `forgetting llm train`: SFT and DPO of a model under a schedule. */
export function llmTrainCommand(): Command {
  return withSessionOptions(new Command('train').description('train a model by SFT and DPO under a schedule'))
    .requiredOption('--schedule <name>', 'sequential, mix, alright, maxright, sft or dpo')
    .option('--lambda <number>', 'weight of DPO', unitOption('lambda'), 0.5)
    .option('--order <order>', 'stages of sequential', wordOption('order', ['sft-dpo', 'dpo-sft']), 'sft-dpo')
    .option('--split <n,m>', 'steps of each stage of sequential, in order (default: halves)', splitOption)
    .option('--steps <T>', 'number of updates (default: the sum of the split)', integerOption('steps', 1))
    .option('--period <k>', 'maxright evaluates both objectives every k steps', integerOption('period', 1), 10)
    .option('--sft-optimum <number>', 'f_SFT*, from which gaps are measured', numberOption('sft-optimum'))
    .option('--dpo-optimum <number>', 'f_DPO*, from which gaps are measured', numberOption('dpo-optimum'))
    .option('--sft-batch <n>', 'SFT examples in a batch', integerOption('sft-batch', 1), 4)
    .option('--preference-batch <n>', 'preference pairs in a batch', integerOption('preference-batch', 1), 4)
    .option('--gradient-accumulation <n>', 'batches in a step', integerOption('gradient-accumulation', 1), 1)
    .option('--learning-rate <number>', 'α of AdamW', numberOption('learning-rate'), 5e-5)
    .option('--warmup <steps>', 'steps of linear warm-up', integerOption('warmup', 0), 0)
    .option('--decay <form>', 'constant or cosine', wordOption('decay', ['constant', 'cosine']), 'constant')
    .option('--weight-decay <number>', "AdamW's decoupled weight decay", numberOption('weight-decay'), 0)
    .option('--max-norm <number>', 'longest gradient; longer ones are shortened', numberOption('max-norm'), 1)
    .option('--reset-optimizer', 'fresh optimiser moments where a sequential run changes its objective')
    .option('--lora-rank <r>', 'rank of the adapter (default: 16)', integerOption('lora-rank', 1))
    .option(
      '--lora-alpha <number>',
      'scale of the adapter, as alpha / rank (default: the rank)',
      numberOption('lora-alpha'),
    )
    .option(
      '--lora-targets <names>',
      'adapted modules, with commas (default: query_key_value, or q_proj,v_proj)',
      namesOption,
    )
    .option('--full-fine-tuning', 'train every weight instead of an adapter')
    .option('--seed <n>', 'seed of the adapter, the data order and the coin', integerOption('seed', 0), 0)
    .option('--no-shuffle', 'take examples in file order')
    .option(
      '--evaluate-every <n>',
      'steps between evaluations (default: at the end only)',
      integerOption('evaluate-every', 1),
    )
    .option('--evaluation-sft <file>', 'SFT file to evaluate on (default: the training file)')
    .option('--evaluation-preferences <file>', 'preference file to evaluate on (default: the training file)')
    .option(
      '--stop-within <number>',
      'stop where an evaluation is this near an optimum or a Pareto point',
      numberOption('stop-within'),
    )
    .option('--pareto-point <f_SFT,f_DPO>', 'a Pareto point for --stop-within; may be repeated', paretoPointOption)
    .option('--checkpoint-every <n>', 'steps between checkpoints', integerOption('checkpoint-every', 1), 25)
    .requiredOption('--output <folder>', 'folder of the run')
    .option('--resume', 'go on with the run in the output folder')
    .option('--tensorboard', 'also write a TensorBoard event file')
    .action(trainAction);
}

/** Ctrl-C, and what a machine sends before it takes a process away. */
const interruptions = ['SIGINT', 'SIGTERM'] as const;

async function trainAction(options: TrainOptions): Promise<void> {
  const prepared = await checkedRun(options);
  const backend = await openSessionBackend(options);
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
    process.stderr.write('\nfinishing the step; interrupt again to stop at once\n');
  };
  for (const signal of interruptions) process.once(signal, interrupt);
  try {
    const { end, data } = await trained(options, prepared, backend, interruption.signal);
    if ('interruptedAfter' in end) {
      const again = commandLine([...process.argv.slice(2).filter((word) => word !== '--resume'), '--resume']);
      process.stderr.write(`stopped after step ${end.interruptedAfter}; go on with: ${again}\n`);
      process.exitCode = 130;
      return;
    }
    const { steps, final, stopped } = end.finished;
    const report = reportOf(final, data);
    if (options.json === true) printJson({ steps, final: report, stopped });
    else {
      printReport(report);
      process.stdout.write(
        `\n${steps.length} steps${stopped === null ? '' : `, stopped: ${stopped}`}; all of it in ${options.output}\n`,
      );
    }
  } finally {
    for (const signal of interruptions) process.removeListener(signal, interrupt);
    backend.close();
  }
}

/** What of a run can be checked before any model is loaded. */
type PreparedRun = Pick<RunOptions, 'schedule' | 'scheduleSettings' | 'learningRate' | 'dpo' | 'stop'>;

async function checkedRun(options: TrainOptions): Promise<PreparedRun> {
  const { schedules } = await import('../schedule/index.js');
  const { checkedLearningRate } = await import('../llm/train/learning-rate.js');
  const { checkedStoppingRule } = await import('../llm/train/stopping.js');
  const { lambda, order, split, period, learningRate, warmup, decay, stopWithin, paretoPoint } = options;
  if (!Object.hasOwn(schedules, options.schedule)) {
    throw new InputError('schedule', options.schedule, Object.keys(schedules).join(', '));
  }
  const schedule = schedules[options.schedule];
  const steps = options.steps ?? (split && split[0] + split[1]);
  if (steps === undefined) throw new InputError('steps', steps, 'a number of updates');
  const ideal = idealOf(options);
  if (schedule.name === 'maxright' && ideal === undefined) {
    throw new InputError(
      'schedule',
      'maxright',
      '--sft-optimum and --dpo-optimum beside it: it compares optimality gaps',
    );
  }
  if (options.resetOptimizer === true && schedule.name !== 'sequential') {
    throw new InputError('reset-optimizer', schedule.name, 'the schedule sequential, the only one with a switch');
  }
  requirePositive('max-norm', options.maxNorm);
  if (options.weightDecay < 0) throw new InputError('weight-decay', options.weightDecay, 'a number ≥ 0');
  if (paretoPoint !== undefined && stopWithin === undefined) {
    throw new InputError('pareto-point', paretoPoint, '--stop-within beside it');
  }
  if (stopWithin !== undefined && options.evaluateEvery === undefined) {
    throw new InputError('stop-within', stopWithin, '--evaluate-every beside it: the rule looks at evaluations');
  }
  if ((options.evaluationSft === undefined) !== (options.evaluationPreferences === undefined)) {
    throw new InputError(
      'evaluation-sft',
      options.evaluationSft,
      '--evaluation-sft and --evaluation-preferences together',
    );
  }
  const scheduleSettings = { lambda, steps, order, ...(split && { split }), period, ...(ideal && { ideal }) };
  schedule.init(scheduleSettings);
  return {
    schedule,
    scheduleSettings,
    learningRate: checkedLearningRate({ learningRate, warmup, decay }, steps),
    dpo: await dpoSettingsOf(options),
    ...(stopWithin !== undefined && {
      stop: checkedStoppingRule({
        tolerance: stopWithin,
        ...(ideal && { ideal }),
        ...(paretoPoint && { paretoPoints: paretoPoint }),
      }),
    }),
  };
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0)) throw new InputError(name, value, 'a number > 0');
}

function idealOf({ sftOptimum, dpoOptimum }: TrainOptions): Pair | undefined {
  if (sftOptimum === undefined && dpoOptimum === undefined) return undefined;
  if (sftOptimum === undefined) throw new InputError('sft-optimum', sftOptimum, 'a number, beside --dpo-optimum');
  if (dpoOptimum === undefined) throw new InputError('dpo-optimum', dpoOptimum, 'a number, beside --sft-optimum');
  return { sft: sftOptimum, dpo: dpoOptimum };
}

/** Loads what the options name and trains. */
async function trained(
  options: TrainOptions,
  prepared: PreparedRun,
  backend: Backend,
  signal: AbortSignal,
): Promise<{ end: RunEnd; data: SessionData }> {
  const { loadModel } = await import('../llm/model/load.js');
  const { runTraining } = await import('../llm/train/run.js');
  const { openRunFolder } = await import('../llm/results/run-folder.js');
  const loaded = await loadModel(await loadOptionsOf(options));
  requireAdapterShape(loaded, options);
  const { model } = loaded;
  const data = await readData(options, loaded, options);
  const { evaluationSft, evaluationPreferences } = options;
  const heldOut =
    evaluationSft === undefined || evaluationPreferences === undefined
      ? undefined
      : await readData({ sft: evaluationSft, preferences: evaluationPreferences }, loaded, options);
  const evaluated = heldOut ?? data;
  const settings = await decisiveSettings(options, heldOut === undefined ? [data] : [data, heldOut], backend);
  const folder = await openRunFolder(options.output, { settings, resume: options.resume ?? false });
  if (folder.result !== undefined) return { end: { finished: folder.result }, data: evaluated };
  announce(backend);
  const training = await referencedData(data, loaded, backend, options);
  const evaluationData = heldOut && (await referencedData(heldOut, loaded, backend, options));
  const bars = trainingBars(prepared.scheduleSettings.steps);
  try {
    const end = await runTraining({
      ...prepared,
      model,
      data: training,
      ...(evaluationData && { evaluationData }),
      sftBatch: options.sftBatch,
      preferenceBatch: options.preferenceBatch,
      accumulation: options.gradientAccumulation,
      adamw: { weightDecay: options.weightDecay },
      maximumNorm: options.maxNorm,
      resetOptimizer: options.resetOptimizer ?? false,
      seed: options.seed,
      shuffle: options.shuffle,
      ...(options.evaluateEvery !== undefined && { evaluateEvery: options.evaluateEvery }),
      checkpointEvery: options.checkpointEvery,
      folder,
      tensorboard: options.tensorboard ?? false,
      save: (path) => saveTrained(path, loaded, options),
      signal,
      onStep: bars.onStep,
      onEvaluation: bars.onEvaluation,
    });
    return { end, data: evaluated };
  } finally {
    bars.stop();
  }
}

/** One bar for the steps; while an evaluation is under way, one for it in its place. */
function trainingBars(steps: number): Required<Pick<RunOptions, 'onStep' | 'onEvaluation'>> & { stop: () => void } {
  let bar = startProgress('training', steps);
  let [step, evaluating] = [0, false];
  return {
    onStep: (done) => {
      step = done;
      bar.update(step);
    },
    onEvaluation: (done, total) => {
      const begins = !evaluating;
      evaluating = done < total;
      if (begins || !evaluating) {
        bar.stop();
        bar = evaluating ? startProgress('evaluation', total) : startProgress('training', steps, step);
      }
      if (evaluating) bar.update(done);
    },
    stop: () => {
      bar.stop();
    },
  };
}

async function loadOptionsOf(options: TrainOptions): Promise<LoadOptions> {
  const { model, tokenizer, adapter, fullFineTuning = false, loraRank = 16, loraAlpha = loraRank, seed } = options;
  const base = { model, ...(tokenizer !== undefined && { tokenizer }) };
  if (adapter !== undefined) return { ...base, adapter, fullFineTuning };
  if (fullFineTuning) return { ...base, fullFineTuning };
  requirePositive('lora-alpha', loraAlpha);
  const targets = options.loraTargets ?? (await defaultTargets(model));
  return { ...base, lora: { rank: loraRank, alpha: loraAlpha, targets, seed } };
}

async function defaultTargets(path: string): Promise<readonly string[]> {
  const { openModel } = await import('../llm/model/load.js');
  const { attentionTargets } = await import('../llm/model/lora.js');
  const { config, weights } = openModel(path);
  weights.close();
  return attentionTargets(config.architecture);
}

/** Refuses LoRA options that contradict the adapter the run starts from. */
function requireAdapterShape({ model: { lora } }: LoadedModel, options: TrainOptions): void {
  if (options.adapter === undefined || lora === undefined) return;
  const { loraRank = lora.rank, loraAlpha = lora.alpha } = options;
  if (loraRank !== lora.rank)
    throw new InputError('lora-rank', loraRank, `${lora.rank}, the rank of ${options.adapter}`);
  if (loraAlpha !== lora.alpha) {
    throw new InputError('lora-alpha', loraAlpha, `${lora.alpha}, the alpha of ${options.adapter}`);
  }
}

async function referencedData(
  { sft, preferences }: SessionData,
  { model }: LoadedModel,
  backend: Backend,
  options: TrainOptions,
): Promise<ObjectiveData> {
  return { sft: sft.examples, preferences: await referenced(preferences.examples, model, backend, options) };
}

/** The options that decide numbers, with digests of the files in place of their paths. */
async function decisiveSettings(
  options: TrainOptions,
  data: readonly SessionData[],
  backend: Backend,
): Promise<Record<string, unknown>> {
  const { digestOfSequences } = await import('../llm/train/reference.js');
  const { replies } = await import('../llm/evaluate.js');
  const indifferent = new Set(['model', 'tokenizer', 'adapter', 'sft', 'preferences', 'reference', 'evaluationSft']);
  for (const name of ['evaluationPreferences', 'cache', 'json', 'output', 'resume', 'tensorboard', 'checkpointEvery']) {
    indifferent.add(name);
  }
  const decisive = Object.entries(options)
    .filter(([name]) => !indifferent.has(name))
    .map(([name, value]): [string, unknown] => [optionName(name), value]);
  const digest = async (path: string | undefined) => (path === undefined ? null : await modelDigest(path));
  return {
    ...Object.fromEntries(decisive),
    backend: backend.name,
    model: await digest(options.model),
    adapter: await digest(options.adapter),
    reference: await digest(options.reference),
    data: data.map(({ sft, preferences }) => ({
      sft: digestOfSequences(sft.examples.map(({ sequence }) => sequence)),
      preferences: digestOfSequences(replies(preferences.examples.map((pair) => ({ pair })))),
    })),
  };
}

/** The name of an option on the command line, from that of its property. */
function optionName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Writes what was trained: the adapter in PEFT form, or the whole model as a Hugging Face folder. */
async function saveTrained(folder: string, { model }: LoadedModel, options: TrainOptions): Promise<void> {
  const { writeAdapter } = await import('../llm/model/adapter.js');
  const { writeModel } = await import('../llm/model/folder.js');
  const { tokenizer } = options;
  if (model.lora === undefined) {
    await writeModel(folder, model, { model: options.model, ...(tokenizer !== undefined && { tokenizer }) });
  } else {
    await writeAdapter(folder, model, options.model);
  }
}

function splitOption(text: string): [number, number] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length !== 2 || !parts.every((part) => Number.isSafeInteger(part) && part >= 0)) {
    throw new InputError('split', text, 'two whole numbers, as in 3,3');
  }
  return [parts[0], parts[1]];
}

function namesOption(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function paretoPointOption(text: string, earlier: readonly Pair[] = []): Pair[] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length !== 2 || !parts.every(Number.isFinite)) {
    throw new InputError('pareto-point', text, 'two numbers, as in 1.59,0.26');
  }
  return [...earlier, { sft: parts[0], dpo: parts[1] }];
}
