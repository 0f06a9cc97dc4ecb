import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import type { TrainingState } from './checkpoint.js';
import type { Training } from './training.js';

/**
 * The weighted gaps w_i (f_i − f_i*) that go on record with a step: those that the schedule itself keeps, stale ones
 * included, and under one that keeps none, where the optima are known, those of the values that the step saw.
 */
export function weightedGaps(
  state: TrainingState,
  values: Partial<Record<ObjectiveName, number>>,
  { schedule, scheduleSettings: { lambda, ideal } }: Training,
): Partial<Pair> {
  const kept = schedule.weightedGaps?.(state.schedule);
  if (kept !== undefined) return kept;
  if (ideal === undefined) return {};
  // Where one optimum is not known, nor is that gap.
  return {
    ...(values.sft !== undefined && Number.isFinite(ideal.sft) && { sft: (1 - lambda) * (values.sft - ideal.sft) }),
    ...(values.dpo !== undefined && Number.isFinite(ideal.dpo) && { dpo: lambda * (values.dpo - ideal.dpo) }),
  };
}
