import { InputError } from '../../base/input-error.js';
import { gradientsOf, possibleOutcomes } from '../../schedule/step.js';
import type { SessionData } from '../options/session.js';
import { trainDefaults, type TrainOptions } from '../options/train.js';
import { neededObjectives } from './needed-data.js';

/**
 * The options with --steps in place of --epochs: as many steps as it takes to pass over the examples of every objective
 * that the schedule draws that often, one objective per step, or both in every step where its first step takes both
 * gradients. A schedule that splits its steps into stages gets each objective's passes for its stage.
 * Throws an InputError where the split is given too.
 */
export async function epochsAsSteps(options: TrainOptions, data: SessionData): Promise<TrainOptions> {
  const { epochs = 1, schedule: name, lambda, gradientAccumulation } = options;
  const { chosenSchedule } = await import('../options/schedule.js');
  const { schedule, own } = await chosenSchedule(name, { ...options }, trainDefaults);
  if (own.split !== undefined) throw new InputError('split', own.split, 'either --epochs or --split');
  const passes = (examples = 0, batch: number): number =>
    Math.ceil((epochs * examples) / (batch * gradientAccumulation));
  const all = {
    sft: passes(data.sft?.examples.length, options.sftBatch),
    dpo: passes(data.preferences?.examples.length, options.preferenceBatch),
  };
  const most = Math.max(2, all.sft + all.dpo);
  const state = schedule.init({ lambda, steps: most, ideal: { sft: 0, dpo: 0 }, ...own });
  const needed = neededObjectives(schedule, state, most);
  const [sft, dpo] = [needed.has('sft') ? all.sft : 0, needed.has('dpo') ? all.dpo : 0];
  const together = possibleOutcomes(schedule, state, 1).some(({ choice }) => gradientsOf(choice).length === 2);
  const split = own.order === 'dpo-sft' ? [dpo, sft] : [sft, dpo];
  return {
    ...options,
    steps: Math.max(1, together ? Math.max(sft, dpo) : sft + dpo),
    ...(schedule.settings !== undefined && 'split' in schedule.settings.shape && { split }),
  };
}
