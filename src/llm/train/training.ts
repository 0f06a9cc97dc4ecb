import type { Stream } from '../../base/random-stream.js';
import type { Schedule, ScheduleSettings } from '../../schedule/schedule.js';
import { epochOrder, firstCursor } from '../data/cursor.js';
import type { SftExample } from '../data/sft.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import type { AdamwSettings } from './adamw.js';
import type { TrainingState } from './checkpoint.js';
import { learningRateAt, type LearningRateSettings } from './learning-rate.js';
import { dpoMinibatch, sftMinibatch } from './minibatch.js';
import type { StepSettings } from './step.js';

/** The examples of both objectives. */
export interface ObjectiveData {
  readonly sft: readonly SftExample[];
  readonly preferences: readonly ReferencedPair[];
}

/** Everything that decides the steps of a training. */
export interface Training {
  readonly model: LanguageModel;
  readonly data: ObjectiveData;
  readonly schedule: Schedule;
  readonly scheduleSettings: ScheduleSettings;
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  readonly accumulation?: number;
  readonly learningRate: LearningRateSettings;
  readonly adamw?: AdamwSettings;
  readonly maximumNorm?: number;
  readonly resetOptimizer?: boolean;
  /** The share of an adapter's inputs that is left out in training. */
  readonly loraDropout?: number;
  readonly dpo: PreferenceLossSettings;
  readonly seed: number;
  readonly shuffle?: boolean;
}

/** The state before the first step. */
export function initialState({ schedule, scheduleSettings }: Training, coin: Stream): TrainingState {
  return {
    step: 0,
    schedule: schedule.init(scheduleSettings),
    lastChoice: null,
    cursors: { sft: firstCursor, dpo: firstCursor },
    coin: coin.state(),
    updates: 0,
    stopped: null,
  };
}

/** What every step of a training needs. */
export function settingsOfSteps(training: Training): StepSettings {
  const { model, data, dpo, seed, shuffle = true, accumulation = 1, scheduleSettings } = training;
  const orders = {
    sft: epochOrder(data.sft.length, seed, 'sft', shuffle),
    dpo: epochOrder(data.preferences.length, seed, 'dpo', shuffle),
  };
  const dropout = { seed, probability: training.loraDropout ?? 0 };
  const sft = { model, examples: data.sft, order: orders.sft, batchSize: training.sftBatch, accumulation, dropout };
  const pairs = {
    model,
    examples: data.preferences,
    order: orders.dpo,
    batchSize: training.preferenceBatch,
    accumulation,
    dropout,
  };
  return {
    trainable: model.trainable,
    schedule: training.schedule,
    minibatch: (objective, cursor) =>
      objective === 'sft' ? sftMinibatch(sft, cursor) : dpoMinibatch(pairs, cursor, dpo),
    learningRate: (step) => learningRateAt(training.learningRate, step, scheduleSettings.steps),
    maximumNorm: training.maximumNorm ?? 1,
    adamw: training.adamw ?? {},
    resetOptimizer: training.resetOptimizer ?? false,
  };
}
