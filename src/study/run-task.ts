import { InputError } from '../base/input-error.js';
import { inThread, type ThreadRefusal, type ThreadTask } from '../base/thread-pool.js';
import { loadSchedule, moduleIdentity } from '../schedule/load.js';
import { stagesAt } from './stages-at.js';
import type { Pair, ScheduleSettings } from '../schedule/schedule.js';
import { openBackend } from '../engine/backend.js';
import { NotFinite } from '../llm/finite.js';
import type { Backend } from '../engine/names.js';
import type { PreferencePair } from '../llm/data/preferences.js';
import type { SftExample } from '../llm/data/sft.js';
import { writeAdapter } from '../llm/model/adapter.js';
import { writeModel } from '../llm/model/folder.js';
import type { LanguageModel } from '../llm/model/language-model.js';
import { assembleModel, freshAdapter } from '../llm/model/assemble.js';
import { loadModel, openModel } from '../llm/model/load.js';
import { randomSource } from '../llm/model/random.js';
import type { DecisiveSettings } from '../llm/results/run-folder.js';
import { loadTokenizer } from '../llm/tokenizer/load.js';
import { prepareRun } from '../llm/train/prepare-run.js';
import type { Tokenizer } from '../llm/tokenizer/tokenizer.js';
import { modelDigest, referencedPairs } from '../llm/train/reference-policy.js';
import type { Decay } from '../llm/train/learning-rate.js';
import { runTraining, type RunEnd } from '../llm/train/run.js';
import type { OwnReplyOptions } from '../llm/train/stage-two/own-replies.js';
import type { StageTwo } from '../llm/train/stage-two/settings.js';
import type { ObjectiveData } from '../llm/train/training.js';
import { readExperimentData, type ExperimentData } from './data.js';
import { filesOf, lossOf, type ExperimentFiles, type ExperimentSettings } from './settings.js';

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
  /** The seed that the start and the data are of; the run's own unless given. */
  readonly startSeed?: number;
  /** Whether the model begins with random weights in place of its own. */
  readonly untrained?: boolean;
  /** What its evaluations call held out: the held-out examples, or those that learning rates are chosen by. */
  readonly heldOut: 'heldOut' | 'validation';
  /** Factors of the learning rate. */
  readonly factors: Pair;
  /** Whether it may diverge, as one may that tries a learning rate; it then ends where it does. */
  readonly mayDiverge?: boolean;
  /** What the learning rate does over the run; it stays unless given. */
  readonly decay?: Decay;
  /** β, where it is not that of the settings. */
  readonly beta?: number;
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
 * Throws an InputError on whatever does not fit, where the folder was begun with other settings, and, naming the folder,
 * where a run diverges that may not.
 */
export async function executeRun(task: RunTask, onStep: OnStep, signal?: AbortSignal): Promise<RunEnd> {
  const { settings, folder: path, scheduleSettings, seed, startSeed = seed } = task;
  const { training, scale } = settings;
  const files = filesOf(settings, startSeed);
  const dpo = { ...lossOf(training), ...(task.beta !== undefined && { beta: task.beta }) };
  // A run that had ended needs no model.
  let loading: Promise<LanguageModel> | undefined;
  const model = (): Promise<LanguageModel> => (loading ??= startModel(task));
  try {
    const data = await dataOf(settings, startSeed);
    const run = await prepareRun({
      folder: path,
      resume: true,
      settings: await decisiveSettings(task),
      models: { model: files.model, reference: task.reference },
      data: [data.train, data[task.heldOut]],
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
      learningRate: {
        learningRate: training.learningRate,
        factors: task.factors,
        ...(task.decay !== undefined && { decay: task.decay }),
      },
      dpo,
      seed,
      ...(task.stageTwo && { stageTwo: task.stageTwo, ownReplies: await ownRepliesOf(task) }),
      evaluateEvery: scale.evaluateEvery,
      evaluateAfter: stagesAt(scheduleSettings),
      folder: run.folder,
      save: (to, handed) => saveTrained(to, handed, files),
      keepCheckpoint: false,
      mayDiverge: task.mayDiverge ?? false,
      ...(signal && { signal }),
      onStep,
    });
  } catch (error) {
    if (!(error instanceof NotFinite)) throw error;
    throw new InputError(`${path}: ${error.field}`, error.value, error.expected);
  } finally {
    const loaded = await loading?.catch(() => undefined);
    loaded?.dispose();
  }
}

/** The model that every run of one seed starts from, or one of random weights. */
async function startModel({
  settings,
  seed: own,
  startSeed: seed = own,
  untrained = false,
}: RunTask): Promise<LanguageModel> {
  const { training, recompute = false } = settings;
  const files = filesOf(settings, seed);
  const { tuning } = training;
  if (untrained) {
    const { config, weights } = openModel(files.model);
    const halfTypes = new Map([...weights.shapes.keys()].map((name) => [name, weights.halfType(name)]));
    weights.close();
    const trained = tuning === 'full' ? 'every weight' : freshAdapter({ ...tuning, seed }, config);
    // In the types of the model whose shape it has, so that it takes no more memory.
    return assembleModel(
      config,
      randomSource(config, seed, (name) => halfTypes.get(name)),
      { trained, recompute },
    );
  }
  const { model } = await loadModel({
    model: files.model,
    ...(files.tokenizer !== undefined && { tokenizer: files.tokenizer }),
    recompute,
    ...(tuning === 'full' ? { fullFineTuning: true } : { lora: { ...tuning, seed } }),
  });
  return model;
}

/** The same in a worker thread, which tells every step through the port; what it refuses is its answer. */
export default function executeInWorker({ task, port }: ThreadTask<RunTask>): Promise<ThreadRefusal | undefined> {
  return inThread(port, () =>
    executeRun(task, () => {
      port.postMessage(1);
    }),
  );
}

const known = new Map<string, Promise<ExperimentData>>();

/** The data of a seed, tokenised once in a thread. */
function dataOf(settings: ExperimentSettings, seed: number): Promise<ExperimentData> {
  const { training, scale } = settings;
  const files = filesOf(settings, seed);
  // A synthetic language has files for each seed, in which any stretch holds the same share of every kind.
  const drawn = settings.conflict === undefined ? seed : undefined;
  const key = JSON.stringify([files, training, scale, drawn]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const data = readExperimentData(files, tokenizerOf(files), training, scale, drawn);
  known.set(key, data);
  return data;
}

function tokenizerOf({ model, tokenizer }: ExperimentFiles): Tokenizer {
  const { config, weights } = openModel(model);
  weights.close();
  return loadTokenizer(model, config.vocabularySize, tokenizer);
}

/** How the model of stage one replies: as the data do, up to a token that ends a text. */
async function ownRepliesOf({ settings, seed: own, startSeed: seed = own, cache }: RunTask): Promise<OwnReplyOptions> {
  const { training, backend } = settings;
  const files = filesOf(settings, seed);
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

async function saveTrained(folder: string, model: LanguageModel, files: ExperimentFiles): Promise<void> {
  if (model.lora !== undefined) await writeAdapter(folder, model, files.model);
  else {
    const { model: origin, tokenizer } = files;
    await writeModel(folder, model, { model: origin, ...(tokenizer !== undefined && { tokenizer }) });
  }
}

/** The settings that decide a run's numbers. */
async function decisiveSettings(task: RunTask): Promise<DecisiveSettings> {
  const {
    settings,
    schedule,
    scheduleSettings,
    stageTwo,
    targets,
    seed,
    startSeed,
    factors,
    decay,
    beta,
    heldOut,
    untrained,
  } = task;
  return {
    schedule,
    ...(await moduleIdentity(schedule)),
    ...scheduleSettings,
    ...(stageTwo && { 'stage-two': stageTwo }),
    targets,
    training: settings.training,
    ...(untrained === true && { untrained }),
    seed,
    ...(startSeed !== undefined && { 'start-seed': startSeed }),
    'learning-rate-factors': factors,
    ...(beta !== undefined && { beta }),
    ...(decay !== undefined && { decay }),
    'held-out': heldOut,
    'evaluate-every': settings.scale.evaluateEvery,
    'evaluated-examples': settings.scale.evaluatedExamples,
    backend: settings.backend,
  };
}
