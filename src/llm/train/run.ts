import { join } from 'node:path';
import { resumeStream, stream } from '../../random/stream.js';
import type { MaxrightState } from '../../schedule/maxright.js';
import type { ObjectiveName, Pair, Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { epochOrder, firstCursor } from '../data/cursor.js';
import type { SftExample } from '../data/sft.js';
import { evaluate, type Evaluation } from '../evaluate.js';
import type { DpoSettings } from '../loss/dpo.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import { openRunFiles } from '../results/run-files.js';
import { writeResult, type RunFolder, type RunResult } from '../results/run-folder.js';
import { disposeAdamw, initialAdamw, type AdamwSettings } from './adamw.js';
import { readCheckpointState, restoreTensors, writeCheckpoint, type TrainingState } from './checkpoint.js';
import { learningRateAt, type LearningRateSettings } from './learning-rate.js';
import { dpoMinibatch, sftMinibatch } from './minibatch.js';
import { takeStep, type StepSettings } from './step.js';
import { stoppingReason, type StoppingRule } from './stopping.js';

/** The examples of both objectives. */
export interface ObjectiveData {
  readonly sft: readonly SftExample[];
  readonly preferences: readonly ReferencedPair[];
}

/** A training run. */
export interface RunOptions {
  readonly model: LanguageModel;
  readonly data: ObjectiveData;
  /** What f_SFT and f_DPO are evaluated on; by default the training data. */
  readonly evaluationData?: ObjectiveData;
  readonly schedule: Schedule;
  readonly scheduleSettings: ScheduleSettings;
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  readonly accumulation?: number;
  readonly learningRate: LearningRateSettings;
  readonly adamw?: AdamwSettings;
  readonly maximumNorm?: number;
  readonly resetOptimizer?: boolean;
  readonly dpo: DpoSettings;
  readonly seed: number;
  readonly shuffle?: boolean;
  /** Steps between evaluations; without it only the end is evaluated. */
  readonly evaluateEvery?: number;
  readonly stop?: StoppingRule;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** The folder that the run writes; where it holds a checkpoint, the run goes on from there. */
  readonly folder: RunFolder;
  readonly tensorboard?: boolean;
  /** Writes the trained adapter or model to the folder. */
  readonly save: (folder: string) => Promise<void>;
  /** Aborted, the run finishes its step, saves and returns. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: number, steps: number) => void;
  readonly onEvaluation?: (done: number, total: number) => void;
}

/** How a run ended: with its result, or interrupted after a step and ready to go on. */
export type RunEnd = { readonly finished: RunResult } | { readonly interruptedAfter: number };

/**
 * Trains under a schedule and fills the run's folder: steps.jsonl, evaluations.jsonl and their Parquet tables,
 * checkpoint.safetensors, the trained adapter or model, result.json; times and memory apart in timing.jsonl.
 * Interrupted or killed at any step and resumed, it ends with the bytes of a run that never stopped (timing aside).
 * Throws an InputError on settings that do not fit, a value that is not finite and a disk that is full; the last
 * checkpoint then stays as it was.
 */
export async function runTraining(options: RunOptions): Promise<RunEnd> {
  const { model, schedule, scheduleSettings, folder, evaluateEvery, stop, checkpointEvery = 25 } = options;
  const { steps, ideal } = scheduleSettings;
  const scheduleStart = schedule.init(scheduleSettings);
  if (folder.result !== undefined) return { finished: folder.result };

  const checkpoint = join(folder.path, 'checkpoint.safetensors');
  const resumed = readCheckpointState(checkpoint);
  const optimiser = initialAdamw(model.trainable);
  const tensors = { parameter: model.trainable, ...optimiser };
  if (resumed !== undefined) {
    restoreTensors(checkpoint, tensors);
    optimiser.updates = resumed.updates;
  }
  const coin = resumed ? resumeStream(resumed.coin) : stream(options.seed, `${schedule.name}-coin`);
  let state: TrainingState = resumed ?? {
    step: 0,
    schedule: scheduleStart,
    lastChoice: null,
    cursors: { sft: firstCursor, dpo: firstCursor },
    coin: coin.state(),
    updates: 0,
    stopped: null,
  };
  const files = openRunFiles(folder.path, { lastStep: resumed?.step ?? -1, tensorboard: options.tensorboard ?? false });
  const stepSettings = settingsOfSteps(options);
  let final: Evaluation | undefined;
  const evaluateAt = async (step: number): Promise<Evaluation> => {
    const evaluation = await evaluateBoth(options);
    files.evaluation(step, evaluation, ideal);
    return evaluation;
  };

  if (resumed === undefined && evaluateEvery !== undefined) await evaluateAt(0);
  while (state.step < steps && state.stopped === null) {
    const began = performance.now();
    const taken = await takeStep(state, optimiser, coin, stepSettings);
    state = taken.state;
    files.step(state.step, taken.outcome, weightedGaps(state, taken.outcome.values, options));
    files.timing(state.step, (performance.now() - began) / 1000, taken.outcome.tensorBytes);
    const due = evaluateEvery !== undefined && state.step % evaluateEvery === 0;
    if (due || state.step === steps) {
      final = await evaluateAt(state.step);
      const value = { sft: final.sft.loss, dpo: final.dpo.loss };
      const reason = stop === undefined || state.step === steps ? undefined : stoppingReason(value, stop);
      state = { ...state, stopped: reason ?? null };
    }
    const interrupted = options.signal?.aborted ?? false;
    if (interrupted || state.stopped !== null || state.step === steps || state.step % checkpointEvery === 0) {
      await writeCheckpoint(checkpoint, state, tensors);
    }
    options.onStep?.(state.step, steps);
    if (interrupted && state.step < steps && state.stopped === null) {
      files.close();
      return { interruptedAfter: state.step };
    }
    // Lets signals and progress through between steps.
    await new Promise(setImmediate);
  }
  files.close();
  final ??= await evaluateBoth(options);
  disposeAdamw(optimiser);
  await options.save(folder.path);
  await files.writeTables();
  const finished = { steps: files.choices(), final, stopped: state.stopped };
  await writeResult(folder, finished);
  return { finished };
}

function settingsOfSteps(options: RunOptions): StepSettings {
  const { model, data, dpo, seed, shuffle = true, accumulation = 1, scheduleSettings } = options;
  const orders = {
    sft: epochOrder(data.sft.length, seed, 'sft', shuffle),
    dpo: epochOrder(data.preferences.length, seed, 'dpo', shuffle),
  };
  const sft = { model, examples: data.sft, order: orders.sft, batchSize: options.sftBatch, accumulation };
  const pairs = {
    model,
    examples: data.preferences,
    order: orders.dpo,
    batchSize: options.preferenceBatch,
    accumulation,
  };
  return {
    trainable: model.trainable,
    schedule: options.schedule,
    lambda: scheduleSettings.lambda,
    minibatch: (objective, cursor) =>
      objective === 'sft' ? sftMinibatch(sft, cursor) : dpoMinibatch(pairs, cursor, dpo),
    learningRate: (step) => learningRateAt(options.learningRate, step, scheduleSettings.steps),
    maximumNorm: options.maximumNorm ?? 1,
    adamw: options.adamw ?? {},
    resetOptimizer: options.resetOptimizer ?? false,
  };
}

function evaluateBoth({ model, data, evaluationData, dpo, onEvaluation }: RunOptions): Promise<Evaluation> {
  const { sft, preferences } = evaluationData ?? data;
  return evaluate({ model, sft, preferences, settings: dpo, ...(onEvaluation && { onProgress: onEvaluation }) });
}

/**
 * The weighted gaps w_i (f_i − f_i*) that go on record with a step, where the optima are known: MAXRIGHT's own records,
 * stale ones included, and under any other schedule those of the values that the step saw.
 */
function weightedGaps(
  state: TrainingState,
  values: Partial<Record<ObjectiveName, number>>,
  { schedule, scheduleSettings: { lambda, ideal } }: RunOptions,
): Partial<Pair> {
  if (schedule.name === 'maxright') return (state.schedule as MaxrightState).weightedGap;
  if (ideal === undefined) return {};
  return {
    ...(values.sft !== undefined && { sft: (1 - lambda) * (values.sft - ideal.sft) }),
    ...(values.dpo !== undefined && { dpo: lambda * (values.dpo - ideal.dpo) }),
  };
}
