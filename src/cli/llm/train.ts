import { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { Backend } from '../../engine/names.js';
import type { LanguageModel } from '../../llm/model/language-model.js';
import type { LoadOptions } from '../../llm/model/load.js';
import type { RunEnd, TrainingRunOptions } from '../../llm/train/run.js';
import { announce, announceOtherBase, openCommandBackend } from '../options/backend.js';
import { printReport, reportOf } from './evaluate.js';
import { withLocalInputs } from '../options/hub.js';
import { announceOutside } from '../options/model.js';
import {
  announceData,
  maximumLengthOf,
  readData,
  referenced,
  type LoadedModel,
  type SessionData,
} from '../options/session.js';
import { checkedRun, type PreparedRun } from '../train/checks.js';
import { epochsAsSteps } from '../train/epochs.js';
import { decisiveOptions } from '../train/identity.js';
import { withStepRule } from '../train/step-rule.js';
import { withTrainOptions, type TrainOptions } from '../options/train.js';
import { printJson } from '../output.js';
import { startProgress } from '../../base/progress.js';
import { shellWords } from '../../base/text.js';

/** `forgetting llm train`: SFT and DPO of a model under a schedule. */
export function llmTrainCommand(): Command {
  return withTrainOptions(new Command('train').description('train a model by SFT and DPO under a schedule')).action(
    trainAction,
  );
}

/** Ctrl-C, and what a machine sends before it takes a process away. */
const interruptions = ['SIGINT', 'SIGTERM'] as const;

async function trainAction(asked: TrainOptions): Promise<void> {
  const given = withStepRule(asked);
  // What --epochs amount to is known when the data are read.
  if (given.epochs !== undefined && given.steps !== undefined) {
    throw new InputError('epochs', given.epochs, 'either --epochs or --steps');
  }
  const prepared = given.epochs === undefined ? await checkedRun(given) : undefined;
  const options = { ...(await withLocalInputs(given)), modelName: given.model };
  const backend = await openCommandBackend(options);
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
    process.stderr.write('\nfinishing the step; interrupt again to stop at once\n');
  };
  for (const signal of interruptions) process.once(signal, interrupt);
  try {
    const { end, data } = await trained(options, prepared, backend, interruption.signal);
    if ('interruptedAfter' in end) {
      const words = process.argv.slice(2).filter((word) => word !== '--resume');
      const again = shellWords(['forgetting', ...words, '--resume']);
      process.stderr.write(`stopped after step ${end.interruptedAfter}; resume with: ${again}\n`);
      process.exitCode = 130;
      return;
    }
    const { steps, final, stopped } = end.finished;
    if (final === null) throw new Error(`${options.out}: a run without an end`);
    const report = reportOf(final, data);
    if (options.json === true) printJson({ steps, final: report, stopped });
    else {
      printReport(report);
      process.stdout.write(
        `\n${steps.length} steps${stopped === null ? '' : `, stopped: ${stopped}`}; all of it in ${options.out}\n`,
      );
    }
  } finally {
    for (const signal of interruptions) process.removeListener(signal, interrupt);
    backend.close();
  }
}

/** Loads what the options name and trains. */
async function trained(
  options: TrainOptions,
  checkedBefore: PreparedRun | undefined,
  backend: Backend,
  signal: AbortSignal,
): Promise<{ end: RunEnd; data: SessionData }> {
  const { loadModel } = await import('../../llm/model/load.js');
  const { runTraining } = await import('../../llm/train/run.js');
  const { prepareRun } = await import('../../llm/train/prepare-run.js');
  const { modelDigest } = await import('../../llm/train/reference-policy.js');
  // Read beside the weights, not after them; what is wrong with a file is said where the digest is asked for.
  modelDigest(options.model).catch(() => undefined);
  const loaded = await loadModel(await loadOptionsOf(options));
  requireAdapterShape(loaded, options);
  const { model } = loaded;
  await announceOutside(model);
  await announceOtherBase(options.model, options.adapter, options.reference);
  const data = await readData(options, loaded, options);
  const { evaluationSft, evaluationPreferences } = options;
  const prepared = checkedBefore ?? (await checkedRun(await epochsAsSteps(options, data)));
  const heldOut =
    evaluationSft === undefined && evaluationPreferences === undefined
      ? undefined
      : await readData({ sft: evaluationSft, preferences: evaluationPreferences }, loaded, options);
  const evaluated = heldOut ?? data;
  const run = await prepareRun({
    folder: options.out,
    resume: options.resume ?? false,
    settings: await decisiveOptions(options, prepared.ownSettings, backend),
    models: { model: options.model, adapter: options.adapter, reference: options.reference },
    data: (heldOut === undefined ? [data] : [data, heldOut]).map(({ sft, preferences }) => ({
      sft: sft?.examples,
      preferences: preferences?.examples,
    })),
    onBegin: () => {
      announce(backend);
      announceData(data);
      if (heldOut !== undefined) announceData(heldOut, 'evaluation-');
    },
    referenced: (pairs) => referenced(pairs, model, backend, options),
  });
  if (run.finished !== undefined) return { end: { finished: run.finished }, data: evaluated };
  const {
    folder,
    data: [training, evaluationData],
  } = run;
  const bars = trainingBars(prepared.scheduleSettings.steps);
  try {
    const end = await runTraining({
      ...prepared,
      model,
      data: training,
      ...(heldOut !== undefined && { evaluationData }),
      sftBatch: options.sftBatch,
      preferenceBatch: options.preferenceBatch,
      accumulation: options.gradientAccumulation,
      seed: options.seed,
      shuffle: options.shuffle,
      ...(options.loraDropout !== undefined && { loraDropout: options.loraDropout }),
      ownReplies: {
        ends: [...new Set([loaded.tokenizer.eosId, ...loaded.tokenizer.endIds])].filter((id) => id !== undefined),
        maximumLength: maximumLengthOf(model, options),
        cache: { folder: options.cache, model: await modelDigest(options.model), backend: backend.name },
      },
      ...(options.evaluateEvery !== undefined && { evaluateEvery: options.evaluateEvery }),
      checkpointEvery: options.checkpointEvery,
      folder,
      tensorboard: options.tensorboard ?? false,
      save: (path, handed) => saveTrained(path, handed, options),
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
function trainingBars(
  steps: number,
): Required<Pick<TrainingRunOptions, 'onStep' | 'onEvaluation'>> & { stop: () => void } {
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
  const base = {
    model,
    ...(tokenizer !== undefined && { tokenizer }),
    recompute: options.recompute ?? false,
    ...(options.weightsOutside && { weightsOutside: true }),
  };
  if (adapter !== undefined) return { ...base, adapter, fullFineTuning };
  if (fullFineTuning) return { ...base, fullFineTuning };
  if (!(loraAlpha > 0)) throw new InputError('lora-alpha', loraAlpha, 'a number > 0');
  const targets = options.loraTargets ?? (await defaultTargets(model));
  return { ...base, lora: { rank: loraRank, alpha: loraAlpha, targets, seed } };
}

async function defaultTargets(path: string): Promise<readonly string[]> {
  const { openModel } = await import('../../llm/model/load.js');
  const { architectureOf } = await import('../../llm/model/architecture/index.js');
  const { config, weights } = openModel(path);
  weights.close();
  return architectureOf(config).targets;
}

/** Refuses LoRA options that contradict what is trained, or the adapter the run starts from. */
function requireAdapterShape({ model: { lora } }: LoadedModel, options: TrainOptions): void {
  const { loraDropout = 0 } = options;
  if (loraDropout >= 1) throw new InputError('lora-dropout', loraDropout, 'a number below 1');
  if (loraDropout > 0 && lora?.weightDecomposed === true) {
    throw new InputError('lora-dropout', loraDropout, '0 with a DoRA adapter');
  }
  if (loraDropout > 0 && lora === undefined) {
    throw new InputError(
      'lora-dropout',
      loraDropout,
      'it to be left out with --full-fine-tuning, which has no adapter',
    );
  }
  if (options.adapter === undefined || lora === undefined) return;
  const { loraRank = lora.rank, loraAlpha = lora.alpha } = options;
  if (loraRank !== lora.rank)
    throw new InputError('lora-rank', loraRank, `${lora.rank}, the rank of ${options.adapter}`);
  if (loraAlpha !== lora.alpha) {
    throw new InputError('lora-alpha', loraAlpha, `${lora.alpha}, the alpha of ${options.adapter}`);
  }
}

/** Writes what was trained: the adapter in PEFT form, or the whole model as a Hugging Face folder. */
async function saveTrained(folder: string, model: LanguageModel, options: TrainOptions): Promise<void> {
  const { writeAdapter } = await import('../../llm/model/adapter.js');
  const { writeModel } = await import('../../llm/model/folder.js');
  const { tokenizer } = options;
  if (model.lora === undefined) {
    await writeModel(folder, model, { model: options.model, ...(tokenizer !== undefined && { tokenizer }) });
  } else {
    await writeAdapter(folder, model, options.modelName, options.loraDropout);
  }
}
