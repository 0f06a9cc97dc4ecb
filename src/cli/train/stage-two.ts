import { InputError } from '../../base/input-error.js';
import type { StageTwo } from '../../llm/train/stage-two/settings.js';
import type { Schedule, Stages } from '../../schedule/schedule.js';
import { gradientsOf, isOpenLoop, possibleOutcomes } from '../../schedule/step.js';
import { optionName } from '../arguments.js';
import { givenStageTwo } from '../options/remedies.js';
import type { TrainOptions } from '../options/train.js';

/**
 * What the options make of stage two; undefined where they leave it as it is.
 * Throws an InputError where the schedule, the data or the evaluations do not fit what is asked for.
 */
export async function stageTwoOf(
  options: TrainOptions,
  schedule: Schedule,
  state: unknown,
  steps: number,
): Promise<StageTwo | undefined> {
  const { checkStageTwo } = await import('../../llm/train/stage-two/settings.js');
  const { fisherExamples, ownReplies, bestCheckpoint, stageTwoLearningRate: learningRate } = options;
  const given = {
    ...givenStageTwo({ ...options }),
    ...(fisherExamples !== undefined && { fisherExamples }),
    ...(ownReplies === true && { ownReplies }),
    ...(bestCheckpoint === true && { bestCheckpoint }),
    ...(learningRate !== undefined && { learningRate }),
  };
  if (Object.keys(given).length === 0) return undefined;
  const stages = schedule.stages?.(state);
  checkStageTwo(given, stages, (name) => (name === 'learningRate' ? 'stage-two-learning-rate' : optionName(name)));
  if (ownReplies === true && stages !== undefined && !stepsOnFirst(schedule, state, stages, steps)) {
    throw new InputError('own-replies', ownReplies, `a schedule that steps on SFT in stage two, not ${schedule.name}`);
  }
  const needsPrompts = (['ewcAnchor', 'klAnchor', 'ownReplies'] as const).find((name) => given[name] !== undefined);
  if (needsPrompts !== undefined && options.sft === undefined) {
    throw new InputError('sft', options.sft, `data files: --${optionName(needsPrompts)} needs the prompts of SFT`);
  }
  if (bestCheckpoint === true) {
    if (options.evaluateEvery === undefined) {
      throw new InputError('best-checkpoint', bestCheckpoint, '--evaluate-every with it: it chooses among evaluations');
    }
    if (options.sft === undefined || options.preferences === undefined) {
      throw new InputError(
        'best-checkpoint',
        bestCheckpoint,
        '--sft and --preferences with it: F_λ is made of both losses',
      );
    }
  }
  return given;
}

/** Whether a stage two may step on the objective of stage one too. */
function stepsOnFirst(schedule: Schedule, state: unknown, { first, switchAfter }: Stages, steps: number): boolean {
  if (!isOpenLoop(schedule, state, steps)) return true;
  for (let t = switchAfter + 1; t <= steps; t++) {
    if (possibleOutcomes(schedule, state, t).some(({ choice }) => gradientsOf(choice).includes(first))) return true;
  }
  return false;
}
