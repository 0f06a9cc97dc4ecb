import { InputError } from '../../../base/input-error.js';
import type { Stages } from '../../../schedule/schedule.js';

/** What changes the stage two of a run, or what of it is handed over; by default nothing does. */
export interface StageTwo {
  /** κ of (κ/2)‖θ − θ_1‖², θ_1 the trained variables where stage one ended. */
  readonly l2Anchor?: number;
  /** κ of (κ/2)(θ − θ_1)ᵀF(θ − θ_1), F the diagonal of the Fisher matrix of f_SFT at θ_1. */
  readonly ewcAnchor?: number;
  /** SFT examples that F is estimated from. */
  readonly fisherExamples?: number;
  /** κ of the KL divergence from the policy of stage one, on prompts of SFT. */
  readonly klAnchor?: number;
  /** a of the NLL of the chosen replies, per token. */
  readonly chosenNll?: number;
  /** Whether SFT in stage two is on replies that the model of stage one gave itself. */
  readonly ownReplies?: boolean;
  /** The learning rate of stage two. */
  readonly learningRate?: number;
  /** Whether the model with the least F_λ of all evaluations since stage one is handed over, not the last. */
  readonly bestCheckpoint?: boolean;
  /** a of the model that is handed over, (1 − a) × that of stage one + a × that of stage two. */
  readonly average?: number;
}

/** The settings that only a stage two on DPO after a stage one on SFT can have. */
const afterSft = ['ewcAnchor', 'klAnchor', 'chosenNll', 'ownReplies'] as const;

/**
 * Throws an InputError where a run cannot have such a stage two.
 * @param stages the stages of its schedule, where that has two
 * @param nameOf what an error calls a setting
 */
export function checkStageTwo(
  settings: StageTwo,
  stages: Stages | undefined,
  nameOf: (setting: keyof StageTwo) => string,
): void {
  for (const [name, value] of Object.entries(settings) as [keyof StageTwo, unknown][]) {
    if (value === undefined || value === false) continue;
    const refuse = (expected: string): never => {
      throw new InputError(nameOf(name), value, expected);
    };
    if (stages === undefined) {
      if (name !== 'bestCheckpoint') refuse('a schedule with two stages');
      continue;
    }
    if ((afterSft as readonly string[]).includes(name) && stages.first !== 'sft') {
      refuse('a stage two on DPO, after one on SFT');
    }
  }
  const { average, bestCheckpoint, fisherExamples, ewcAnchor, learningRate } = settings;
  if (average !== undefined && bestCheckpoint === true) {
    throw new InputError(nameOf('average'), average, `one of it and ${nameOf('bestCheckpoint')}`);
  }
  if (fisherExamples !== undefined && ewcAnchor === undefined) {
    throw new InputError(nameOf('fisherExamples'), fisherExamples, `${nameOf('ewcAnchor')} with it`);
  }
  if (learningRate !== undefined && !(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new InputError(nameOf('learningRate'), learningRate, 'a number > 0');
  }
}

/** Whether stage two needs the model that stage one left. */
export function keepsStageOne({ l2Anchor, ewcAnchor, klAnchor, ownReplies, average }: StageTwo): boolean {
  return [l2Anchor, ewcAnchor, klAnchor, average].some((value) => value !== undefined) || ownReplies === true;
}
