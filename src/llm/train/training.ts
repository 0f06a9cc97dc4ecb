import type { Stream } from '../../base/random-stream.js';
import type { Schedule, ScheduleSettings, Stages } from '../../schedule/schedule.js';
import { epochOrder, firstCursor } from '../data/cursor.js';
import type { SftExample } from '../data/sft.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import type { ReferencedPair } from '../loss/objective.js';
import type { LanguageModel } from '../model/language-model.js';
import type { TrainingState } from './checkpoint.js';
import type { DropoutSettings } from '../model/dropout.js';
import { dpoMinibatch, sftMinibatch, type MinibatchSource } from './minibatch.js';
import type { OwnReplyOptions } from './stage-two/own-replies.js';
import type { StageTwo } from './stage-two/settings.js';
import type { StepSettings } from './step.js';
import { stepRule, type StepRule, type StepRuleSettings } from './step-rule.js';

/** The examples of both objectives. */
export interface ObjectiveData {
  readonly sft: readonly SftExample[];
  readonly preferences: readonly ReferencedPair[];
}

/** Everything that decides the steps of a training. */
export interface Training extends StepRuleSettings {
  readonly model: LanguageModel;
  readonly data: ObjectiveData;
  readonly schedule: Schedule;
  readonly scheduleSettings: ScheduleSettings;
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  readonly accumulation?: number;
  /** The share of an adapter's inputs that is left out in training. */
  readonly loraDropout?: number;
  readonly dpo: PreferenceLossSettings;
  readonly seed: number;
  readonly shuffle?: boolean;
  /** What changes the stage two of a schedule that has two stages, or what is handed over. */
  readonly stageTwo?: StageTwo;
  /** How the model of stage one replies, where stage two has it reply. */
  readonly ownReplies?: OwnReplyOptions;
}

/** The state before the first step. */
export function initialState(
  { schedule, scheduleSettings, subgradient }: Pick<Training, 'schedule' | 'scheduleSettings' | 'subgradient'>,
  coin: Stream,
): TrainingState {
  return {
    step: 0,
    schedule: schedule.init(scheduleSettings),
    lastChoice: null,
    cursors: { sft: firstCursor, dpo: firstCursor },
    coin: coin.state(),
    updates: 0,
    ...(subgradient && { squares: 0 }),
    stopped: null,
  };
}

/** The stages of a training's schedule, where it has two. */
export function stagesOf({
  schedule,
  scheduleSettings,
}: Pick<Training, 'schedule' | 'scheduleSettings'>): Stages | undefined {
  return schedule.stages?.(schedule.init(scheduleSettings));
}

/** Where minibatches of SFT come from. */
export function sftSource(training: Training): MinibatchSource<SftExample> {
  const { model, data, seed, shuffle = true, accumulation = 1, sftBatch } = training;
  const order = epochOrder(data.sft.length, seed, 'sft', shuffle);
  return { model, examples: data.sft, order, batchSize: sftBatch, accumulation, dropout: dropoutOf(training) };
}

function dropoutOf({ seed, loraDropout = 0 }: Training): DropoutSettings {
  return { seed, probability: loraDropout };
}

/** What the steps of a training are made by. Throws an InputError where its settings contradict each other. */
export function stepRuleOf(training: Training): StepRule {
  const learningRate = training.stageTwo?.learningRate;
  const switchAfter = stagesOf(training)?.switchAfter;
  return stepRule(
    training,
    training.scheduleSettings.steps,
    learningRate === undefined || switchAfter === undefined ? undefined : { begin: switchAfter + 1, learningRate },
  );
}

/** What every step of a training needs; of one with two stages, before stage two. */
export function settingsOfSteps(training: Training): StepSettings {
  const { model, data, dpo, seed, shuffle = true, accumulation = 1 } = training;
  const rule = stepRuleOf(training);
  const sft = sftSource(training);
  const pairs = {
    model,
    examples: data.preferences,
    order: epochOrder(data.preferences.length, seed, 'dpo', shuffle),
    batchSize: training.preferenceBatch,
    accumulation,
    dropout: dropoutOf(training),
  };
  return {
    trainable: model.trainable,
    schedule: training.schedule,
    minibatch: (objective, cursor) =>
      objective === 'sft' ? sftMinibatch(sft, cursor) : dpoMinibatch(pairs, cursor, dpo),
    learningRate: rule.stepSize,
    maximumNorm: rule.maximumNorm,
    resetOptimizer: training.resetOptimizer ?? false,
  };
}
