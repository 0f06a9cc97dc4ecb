import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { nextTurn } from '../../base/next-turn.js';
import { resumeStream } from '../../base/random-stream.js';
import { coinOf } from '../../schedule/coin.js';
import { evaluate, type Evaluation } from '../evaluate.js';
import { NotFinite } from '../finite.js';
import type { LanguageModel } from '../model/language-model.js';
import { openRunFiles, type HandedOver, type RunFiles } from '../results/run-files.js';
import type { RunFolder, RunResult } from '../results/run-folder.js';
import {
  readCheckpoint,
  restoreTensors,
  writeCheckpoint,
  type TrainingState,
  type TrainingTensors,
} from './checkpoint.js';
import { requireFitting } from './fitting.js';
import type { Optimiser } from './optimiser.js';
import { takeStep } from './step.js';
import { stoppingReason, type StoppingRule } from './stopping.js';
import { averaged } from './stage-two/average.js';
import { stageTwoSteps } from './stage-two/begin.js';
import { assignAll, copied, disposeKept, type Kept } from './stage-two/kept.js';
import { checkStageTwo, keepsStageOne } from './stage-two/settings.js';
import { initialState, settingsOfSteps, stagesOf, stepRuleOf, type ObjectiveData, type Training } from './training.js';
import { weightedGaps } from './weighted-gaps.js';

/** A training run. */
export interface TrainingRunOptions extends Training {
  /** What f_SFT and f_DPO are evaluated on; by default the training data. */
  readonly evaluationData?: ObjectiveData;
  /** What every evaluation reports on beside that, and what decides nothing. */
  readonly heldOut?: ObjectiveData;
  /** Steps between evaluations; without it only the end is evaluated. */
  readonly evaluateEvery?: number;
  /** Further steps after which it is evaluated. */
  readonly evaluateAfter?: readonly number[];
  readonly stop?: StoppingRule;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** Whether the last checkpoint stays when the run has ended. */
  readonly keepCheckpoint?: boolean;
  /** Whether a run whose numbers are no longer finite ends there, with what it has logged, in place of an error. */
  readonly mayDiverge?: boolean;
  /** The folder that the run writes; where it holds a checkpoint, the run goes on from there. */
  readonly folder: RunFolder;
  readonly tensorboard?: boolean;
  /** Writes the adapter or model that is handed over to the folder: the trained one, or an average that stage two asks for. */
  readonly save: (folder: string, model: LanguageModel) => Promise<void>;
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
 * checkpoint then stays as it was. So it does, at its next checkpoint, where another process has taken the run over.
 */
export async function runTraining(options: TrainingRunOptions): Promise<RunEnd> {
  const { model, schedule, scheduleSettings, folder } = options;
  schedule.init(scheduleSettings);
  const rule = stepRuleOf(options);
  const { stageTwo = {} } = options;
  checkStageTwo(stageTwo, stagesOf(options), (name) => name);
  if (stageTwo.average !== undefined && model.lora?.weightDecomposed === true) {
    throw new InputError(
      'average',
      stageTwo.average,
      'it to be left out with a DoRA adapter, whose magnitudes cannot be averaged',
    );
  }
  if (folder.result !== undefined) return { finished: folder.result };

  const kept: Kept = {};
  const optimiser = rule.optimiser(model.trainable);
  const checkpoint = join(folder.attempt, 'checkpoint.safetensors');
  const resumed = existsSync(checkpoint) ? readCheckpoint(checkpoint).state : undefined;
  const files = openRunFiles(folder.attempt, {
    tensorboard: options.tensorboard ?? false,
    backend: tf.getBackend(),
  });
  try {
    if (resumed !== undefined) {
      requireFitting(resumed, checkpoint, options, files.choices().length);
      makeRoom(kept, resumed, options);
    }
    const tensors = (): TrainingTensors => ({ parameter: model.trainable, ...optimiser.tensors, ...kept });
    if (resumed !== undefined) {
      await restoreTensors(checkpoint, tensors());
      optimiser.updates = resumed.updates;
    }
    const save = async (state: TrainingState): Promise<void> => {
      folder.requireOwn();
      await writeCheckpoint(checkpoint, { state, files: files.marks() }, tensors());
    };
    const taken = await takeSteps(options, { resumed, optimiser, kept, files, save }).catch((error: unknown) => {
      if (options.mayDiverge !== true || !(error instanceof NotFinite)) throw error;
      return error;
    });
    if ('interruptedAfter' in taken) return taken;
    folder.requireOwn();
    const end =
      taken instanceof NotFinite
        ? {
            final: null,
            stopped: `diverged after ${files.choices().length} steps: ${taken.field} is ${String(taken.value)}`,
          }
        : { final: await handOver(options, { ...taken, kept, files }), stopped: taken.state.stopped };
    await files.writeTables();
    const finished = { steps: files.choices(), ...end };
    if (options.keepCheckpoint === false) await rm(checkpoint, { force: true });
    await folder.finish(finished);
    return { finished };
  } catch (error) {
    // Where another process has taken the run over, its folder is gone and nothing can be written there.
    folder.requireOwn();
    throw error;
  } finally {
    files.close();
    optimiser.dispose();
    disposeKept(kept);
  }
}

/** Makes room for what a checkpoint keeps beside the trained variables. */
function makeRoom(kept: Kept, { step, best }: TrainingState, options: TrainingRunOptions): void {
  const { model, stageTwo = {} } = options;
  const stages = stagesOf(options);
  // Stage two begins with its first step: what it keeps is made before it.
  if (stages !== undefined && step > stages.switchAfter) {
    if (keepsStageOne(stageTwo)) kept.stageOne = copied(model.trainable);
    if (stageTwo.ewcAnchor !== undefined) kept.fisher = copied(model.trainable);
  }
  if (best !== undefined) kept.best = copied(model.trainable);
}

/** What a run that has ended has made. */
interface Made {
  readonly state: TrainingState;
  /** The last evaluation. */
  readonly evaluated: Evaluation;
  readonly kept: Kept;
  readonly files: RunFiles;
}

/** Saves what the run hands over, the last model unless stage two asks for another, and says what it is worth. */
async function handOver(options: TrainingRunOptions, { state, evaluated, kept, files }: Made): Promise<Evaluation> {
  const { model, folder, save, stageTwo = {}, scheduleSettings, heldOut } = options;
  const { average } = stageTwo;
  const judged = async (handed: LanguageModel, how: HandedOver): Promise<Evaluation> => {
    const final = await evaluateOn(options.evaluationData ?? options.data, { ...options, model: handed });
    const unseen = heldOut && (await evaluateOn(heldOut, { ...options, model: handed }));
    await files.handedOver(how, final, scheduleSettings.ideal, unseen);
    await save(folder.attempt, handed);
    return final;
  };
  if (state.best !== undefined && kept.best !== undefined) {
    assignAll(model.trainable, kept.best);
    return judged(model, { step: state.best.step });
  }
  if (average !== undefined) {
    // A stage two without steps leaves the model of stage one.
    const made = await averaged(model, kept.stageOne ?? model.trainable, average);
    try {
      return await judged(made.model, { average });
    } finally {
      made.dispose();
    }
  }
  await save(folder.attempt, model);
  return evaluated;
}

/** What the steps of a run work on beside its options. */
interface StepsContext {
  /** The state to go on from; undefined at the start. */
  readonly resumed: TrainingState | undefined;
  readonly optimiser: Optimiser;
  /** What is kept beside the trained variables: it fills as the run goes on. */
  readonly kept: Kept;
  readonly files: RunFiles;
  /** Writes a checkpoint. */
  readonly save: (state: TrainingState) => Promise<void>;
}

/** Takes the steps that are left, logging, evaluating and saving. */
async function takeSteps(
  options: TrainingRunOptions,
  { resumed, optimiser, kept, files, save }: StepsContext,
): Promise<Pick<Made, 'state' | 'evaluated'> | { readonly interruptedAfter: number }> {
  const {
    evaluateEvery = Infinity,
    evaluateAfter = [],
    checkpointEvery = 25,
    scheduleSettings,
    stageTwo = {},
  } = options;
  const { steps, ideal } = scheduleSettings;
  const stages = stagesOf(options);
  const seeksBest = stageTwo.bestCheckpoint === true;
  const switchAfter = stages?.switchAfter ?? 0;
  let stepSettings = settingsOfSteps(options);
  let inStageTwo = false;
  const coin = resumed ? resumeStream(resumed.coin) : coinOf(options);
  let state = resumed ?? initialState(options, coin);
  let evaluation: Evaluation | undefined;
  const evaluateNow = async (): Promise<void> => {
    evaluation = await evaluateBoth(options);
    const heldOut = options.heldOut && (await evaluateOn(options.heldOut, options));
    files.evaluation(state.step, evaluation, ideal, heldOut);
    if (!seeksBest || state.step < switchAfter) return;
    const value = weightedSum(heldOut ?? evaluation, scheduleSettings.lambda);
    if (Number.isNaN(value)) throw new InputError('bestCheckpoint', value, 'both objectives evaluated');
    if (value >= (state.best?.value ?? Infinity)) return;
    if (kept.best === undefined) kept.best = copied(options.model.trainable);
    else assignAll(kept.best, options.model.trainable);
    state = { ...state, best: { step: state.step, value } };
  };

  if (state.step === 0 && evaluateEvery < Infinity) await evaluateNow();
  while (state.step < steps && state.stopped === null) {
    // What stage two needs is made in its first step, whose time it is.
    const began = performance.now();
    if (stages !== undefined && state.step >= switchAfter && !inStageTwo) {
      stepSettings = await stageTwoSteps(options, stages, state, kept);
      inStageTwo = true;
    }
    const { state: next, outcome } = await takeStep(state, optimiser, coin, stepSettings);
    state = next;
    files.step(state.step, outcome, weightedGaps(state, outcome.values, options));
    files.timing(state.step, (performance.now() - began) / 1000, outcome.tensorBytes);
    evaluation = undefined;
    const atSwitch = seeksBest && state.step === switchAfter;
    const due = state.step % evaluateEvery === 0 || evaluateAfter.includes(state.step);
    if (due || state.step === steps || atSwitch) {
      await evaluateNow();
      state = { ...state, stopped: stoppedBy(evaluation, state, options) };
    }
    const ended = state.step === steps || state.stopped !== null;
    const interrupted = !ended && (options.signal?.aborted ?? false);
    if (ended || interrupted || state.step % checkpointEvery === 0) await save(state);
    options.onStep?.(state.step, steps);
    if (interrupted) return { interruptedAfter: state.step };
    // Lets signals and progress through between steps.
    await nextTurn();
  }
  return { state, evaluated: evaluation ?? (await evaluateBoth(options)) };
}

/** F_λ. */
function weightedSum({ dpo, sft }: Evaluation, lambda: number): number {
  return lambda * dpo.loss + (1 - lambda) * sft.loss;
}

/** Why the stopping rule ends the run before its last step; null where it does not. */
function stoppedBy(
  evaluation: Evaluation | undefined,
  { step }: TrainingState,
  { stop, scheduleSettings: { steps } }: TrainingRunOptions,
): string | null {
  if (stop === undefined || evaluation === undefined || step === steps) return null;
  return stoppingReason({ sft: evaluation.sft.loss, dpo: evaluation.dpo.loss }, stop) ?? null;
}

function evaluateBoth(options: TrainingRunOptions): Promise<Evaluation> {
  return evaluateOn(options.evaluationData ?? options.data, options);
}

function evaluateOn(
  { sft, preferences }: ObjectiveData,
  { model, dpo, onEvaluation }: TrainingRunOptions,
): Promise<Evaluation> {
  return evaluate({ model, sft, preferences, settings: dpo, ...(onEvaluation && { onProgress: onEvaluation }) });
}
