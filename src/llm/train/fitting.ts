import { InputError } from '../../base/input-error.js';
import { evaluatedBefore, possibleOutcomes } from '../../schedule/step.js';
import type { TrainingState } from './checkpoint.js';
import type { Training } from './training.js';

/**
 * Checks that a checkpoint is one of a run: not further on than the run goes, nor in other data, and with a state that its
 * schedule can go on from.
 * @param path the checkpoint's
 * @param logged the number of steps in the log beside it
 * @throws InputError naming what does not fit
 */
export function requireFitting(state: TrainingState, path: string, options: Training, logged: number): void {
  const { step, cursors } = state;
  const { steps } = options.scheduleSettings;
  if (step > steps) throw new InputError(`${path}: step`, step, `at most ${steps}, the steps of the run`);
  if (step !== logged) throw new InputError(`${path}: step`, step, `${logged}, the steps in steps.jsonl`);
  const counts = { sft: options.data.sft.length, dpo: options.data.preferences.length };
  for (const objective of ['sft', 'dpo'] as const) {
    const { position } = cursors[objective];
    if (position === 0 || position < counts[objective]) continue;
    throw new InputError(
      `${path}: cursors.${objective}`,
      position,
      `below ${counts[objective]}, the examples there are`,
    );
  }
  if (step < steps) requireScheduleState(state, path, options);
}

/** A schedule's state is its own: whether it is one shows in what its functions, which change nothing, make of it. */
function requireScheduleState({ schedule: state, step }: TrainingState, path: string, { schedule }: Training): void {
  try {
    evaluatedBefore(schedule, state, step + 1);
    possibleOutcomes(schedule, state, step + 1);
    const { dpo, sft } = schedule.weightedGaps?.(state) ?? { dpo: 0, sft: 0 };
    if (Number.isFinite(dpo) && Number.isFinite(sft)) return;
  } catch {
    // Below.
  }
  throw new InputError(`${path}: schedule`, state, `a state of the schedule ${schedule.name}`);
}
