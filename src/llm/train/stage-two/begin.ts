import type { Stages } from '../../../schedule/schedule.js';
import { draw, epochOrder } from '../../data/cursor.js';
import type { SftExample } from '../../data/sft.js';
import type { TrainingState } from '../checkpoint.js';
import { sftMinibatch } from '../minibatch.js';
import type { AddedTerms, StepSettings } from '../step.js';
import { settingsOfSteps, sftSource, type Training } from '../training.js';
import { fisherDiagonal } from './fisher.js';
import { copied, under, type Kept } from './kept.js';
import { ownReplies } from './own-replies.js';
import { keepsStageOne } from './settings.js';

/** How many SFT examples the diagonal of the Fisher matrix is estimated from unless it is said. */
export const defaultFisherExamples = 64;

/**
 * What every step of stage two needs. Where stage two begins here, what it needs of stage one is made and kept; gone on
 * with, it is there already.
 */
export async function stageTwoSteps(
  training: Training,
  stages: Stages,
  state: TrainingState,
  kept: Kept,
): Promise<StepSettings> {
  const { model, data, seed, stageTwo = {} } = training;
  if (keepsStageOne(stageTwo)) kept.stageOne ??= copied(model.trainable);
  const { l2Anchor = 0, ewcAnchor, fisherExamples = defaultFisherExamples, klAnchor, chosenNll } = stageTwo;
  if (ewcAnchor !== undefined) {
    kept.fisher ??= await fisherDiagonal(model, data.sft.slice(0, fisherExamples), seed);
  }
  const { stageOne, fisher } = kept;
  const replayed = await repliesOf(training, state, stageOne);
  const source = replayed && sftSource({ ...training, data: { ...data, sft: replayed } });
  const steps = settingsOfSteps(
    replayed !== undefined && stageTwo.ownReplies === true
      ? { ...training, data: { ...data, sft: replayed } }
      : training,
  );
  const added: AddedTerms = {
    objective: stages.second,
    ...(stageOne !== undefined &&
      (l2Anchor > 0 || ewcAnchor !== undefined) && {
        anchor: { stageOne, l2: l2Anchor, ewc: ewcAnchor ?? 0, fisher },
      }),
    ...(chosenNll !== undefined && { chosenNll }),
    ...(klAnchor !== undefined &&
      source !== undefined && {
        ownReplies: { weight: klAnchor, minibatch: (cursor) => sftMinibatch(source, cursor) },
      }),
  };
  return { ...steps, added };
}

/** The SFT examples with replies of the model of stage one, as far as steps to come may draw them. */
async function repliesOf(
  training: Training,
  state: TrainingState,
  stageOne: Kept['stageOne'],
): Promise<SftExample[] | undefined> {
  const { model, data, seed, shuffle = true, accumulation = 1, sftBatch, scheduleSettings, stageTwo = {} } = training;
  if (stageTwo.klAnchor === undefined && stageTwo.ownReplies !== true) return undefined;
  const { ownReplies: options } = training;
  if (stageOne === undefined || options === undefined)
    throw new Error('no model of stage one, or no end of its replies');
  // At most one minibatch of SFT a step.
  const atMost = (scheduleSettings.steps - state.step) * sftBatch * accumulation;
  const order = epochOrder(data.sft.length, seed, 'sft', shuffle);
  const { position } = state.cursors.sft;
  const wanted =
    position + atMost >= 2 * data.sft.length
      ? new Set(data.sft.keys())
      : new Set(draw(state.cursors.sft, atMost, order).indices);
  return under(model.trainable, stageOne, () => ownReplies(model, data.sft, wanted, { ...options, seed }));
}
