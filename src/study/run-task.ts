import type { MessagePort } from 'node:worker_threads';
import { InputError } from '../base/input-error.js';
import { isModulePath, loadSchedule, moduleDigest } from '../schedule/load.js';
import type { ScheduleSettings } from '../schedule/schedule.js';
import { openBackend } from '../engine/backend.js';
import type { Backend } from '../engine/names.js';
import type { PreferencePair } from '../llm/data/preferences.js';
import type { SftExample } from '../llm/data/sft.js';
import { writeAdapter } from '../llm/model/adapter.js';
import { writeModel } from '../llm/model/folder.js';
import type { LanguageModel } from '../llm/model/language-model.js';
import { loadModel, openModel } from '../llm/model/load.js';
import type { RunSettings } from '../llm/results/run-folder.js';
import { loadTokenizer } from '../llm/tokenizer/load.js';
import { prepareRun } from '../llm/train/prepare-run.js';
import type { Tokenizer } from '../llm/tokenizer/tokenizer.js';
import { modelDigest, referencedPairs } from '../llm/train/reference-policy.js';
import { runTraining, type RunEnd } from '../llm/train/run.js';
import type { OwnReplyOptions } from '../llm/train/stage-two/own-replies.js';
import type { StageTwo } from '../llm/train/stage-two/settings.js';
import type { ObjectiveData } from '../llm/train/training.js';
import { readExperimentData, type ExperimentData } from './data.js';
import { lossOf, type ExperimentFiles, type ExperimentSettings } from './settings.js';

/** One run of an experiment; plain data, so that a worker can take it. */
export interface RunTask {
  readonly settings: ExperimentSettings;
  /** The folder it fills. */
  readonly folder: string;
  /** Its name, or the path of its module. */
  readonly schedule: string;
  readonly scheduleSettings: ScheduleSettings;
  /** Whether SFT is on the SFT file, or on the chosen replies of the preferences. */
  readonly targets: 'sft' | 'chosen';
  /** The folder of the reference policy; without it, the start is. */
  readonly reference?: string;
  /** What changes stage two; nothing unless given. */
  readonly stageTwo?: StageTwo;
  readonly seed: number;
  /** Where reference log-probabilities are kept. */
  readonly cache: string;
  /** Threads of the wasm backend: the cores are shared with the other workers. They change no number. */
  readonly threads: number;
}

/** Told of every step that the run has taken. */
export type OnStep = () => void;

/**
 * Trains one run to its end, from its last checkpoint where it has one. Its checkpoint, which nothing needs any longer,
 * is then removed. Aborted, it finishes its step, saves and returns.
 * Throws an InputError on whatever does not fit, and where the folder was begun with other settings.
 */
export async function executeRun(task: RunTask, onStep: OnStep, signal?: AbortSignal): Promise<RunEnd> {
  const { settings, folder: path, scheduleSettings, seed } = task;
  const { files, training, scale } = settings;
  // A run that had ended needs no model.
  let loading: Promise<LanguageModel> | undefined;
  const model = (): Promise<LanguageModel> => (loading ??= startModel(task));
  try {
    const data = await dataOf(settings);
    const run = await prepareRun({
      folder: path,
      resume: true,
      settings: decisiveSettings(task),
      models: { model: files.model, reference: task.reference },
      data: [data.train, data.heldOut],
      referenced: async (pairs) => {
        const backend = await backendOf(task);
        return referencedPairs(pairs, {
          model: await model(),
          path: files.model,
          ...(files.tokenizer !== undefined && { tokenizer: files.tokenizer }),
          ...(task.reference !== undefined && { reference: task.reference }),
          backend,
          cache: task.cache,
        });
      },
    });
    if (run.finished !== undefined) return { finished: run.finished };
    const [train, heldOut] = run.data.map(({ sft, preferences }): ObjectiveData => ({
      sft: task.targets === 'chosen' ? preferences.map(({ pair }) => chosenReply(pair)) : sft,
      preferences,
    }));
    const trained = await model();
    return await runTraining({
      model: trained,
      data: train,
      evaluationData: {
        sft: train.sft.slice(0, scale.evaluatedExamples),
        preferences: train.preferences.slice(0, scale.evaluatedExamples),
      },
      heldOut,
      schedule: await loadSchedule(task.schedule),
      scheduleSettings,
      sftBatch: training.sftBatch,
      preferenceBatch: training.preferenceBatch,
      accumulation: training.accumulation,
      learningRate: { learningRate: training.learningRate },
      dpo: lossOf(training),
      seed,
      ...(task.stageTwo && { stageTwo: task.stageTwo, ownReplies: await ownRepliesOf(task) }),
      evaluateEvery: scale.evaluateEvery,
      folder: run.folder,
      save: (to, handed) => saveTrained(to, handed, settings),
      keepCheckpoint: false,
      ...(signal && { signal }),
      onStep,
    });
  } finally {
    const loaded = await loading?.catch(() => undefined);
    loaded?.dispose();
  }
}

/** The model that every run of an experiment starts from. */
async function startModel(task: RunTask): Promise<LanguageModel> {
  const { files, training, seed } = task.settings;
  await backendOf(task);
  const { model } = await loadModel({
    model: files.model,
    ...(files.tokenizer !== undefined && { tokenizer: files.tokenizer }),
    // One start for every run: the adapter's own seed is the experiment's.
    ...(training.tuning === 'full' ? { fullFineTuning: true } : { lora: { ...training.tuning, seed } }),
  });
  return model;
}

/** The parts of an InputError, which threads hand to each other without its class. */
export type Refusal = Pick<InputError, 'field' | 'value' | 'expected'>;

/** The same in a worker thread, which tells every step through the port; what it refuses is its answer. */
export default async function executeInWorker({
  task,
  port,
}: {
  readonly task: RunTask;
  readonly port: MessagePort;
}): Promise<Refusal | undefined> {
  try {
    await executeRun(task, () => {
      port.postMessage(1);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, value, expected } = error;
    return { field, value, expected };
  } finally {
    port.close();
  }
}

let known: { readonly key: string; readonly data: Promise<ExperimentData> } | undefined;

/** An experiment's data, tokenised once in a thread. */
function dataOf({ files, training, scale }: ExperimentSettings): Promise<ExperimentData> {
  const key = JSON.stringify([files, training, scale]);
  if (known?.key !== key) known = { key, data: readExperimentData(files, tokenizerOf(files), training, scale) };
  return known.data;
}

function tokenizerOf({ model, tokenizer }: ExperimentFiles): Tokenizer {
  const { config, weights } = openModel(model);
  weights.close();
  return loadTokenizer(model, config.vocabularySize, tokenizer);
}

/** How the model of stage one replies: as the data do, up to a token that ends a text. */
async function ownRepliesOf({ settings, cache }: RunTask): Promise<OwnReplyOptions> {
  const { files, training, backend } = settings;
  const { eosId, endIds } = tokenizerOf(files);
  return {
    ends: [...new Set([eosId, ...endIds])].filter((id) => id !== undefined),
    maximumLength: training.maximumLength,
    cache: { folder: cache, model: await modelDigest(files.model), backend },
  };
}

let opened: Promise<Backend> | undefined;

/** One backend for all the runs of a thread. */
function backendOf({ settings, threads }: RunTask): Promise<Backend> {
  return (opened ??= openBackend(settings.backend, { threads }));
}

function chosenReply({ index, chosen }: PreferencePair): SftExample {
  return { index, sequence: chosen };
}

async function saveTrained(folder: string, model: LanguageModel, { files }: ExperimentSettings): Promise<void> {
  if (model.lora !== undefined) await writeAdapter(folder, model, files.model);
  else {
    const { model: origin, tokenizer } = files;
    await writeModel(folder, model, { model: origin, ...(tokenizer !== undefined && { tokenizer }) });
  }
}

/** The settings that decide a run's numbers. */
function decisiveSettings({ settings, schedule, scheduleSettings, stageTwo, targets, seed }: RunTask): RunSettings {
  return {
    schedule,
    ...(isModulePath(schedule) && { 'schedule-module': moduleDigest(schedule) }),
    ...scheduleSettings,
    ...(stageTwo && { 'stage-two': stageTwo }),
    targets,
    training: settings.training,
    'adapter-seed': settings.seed,
    seed,
    'evaluate-every': settings.scale.evaluateEvery,
    'evaluated-examples': settings.scale.evaluatedExamples,
    backend: settings.backend,
  };
}
