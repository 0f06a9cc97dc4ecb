import { InputError } from '../../base/input-error.js';
import type { Pair, Schedule, ScheduleSettings } from '../../schedule/schedule.js';

/** The optima that options give; throws an InputError where one is given without the other. */
export function idealOf({
  sftOptimum,
  dpoOptimum,
}: {
  readonly sftOptimum?: number;
  readonly dpoOptimum?: number;
}): Pair | undefined {
  if (sftOptimum === undefined && dpoOptimum === undefined) return undefined;
  if (sftOptimum === undefined) throw new InputError('sft-optimum', sftOptimum, 'a number, beside --dpo-optimum');
  if (dpoOptimum === undefined) throw new InputError('dpo-optimum', dpoOptimum, 'a number, beside --sft-optimum');
  return { sft: sftOptimum, dpo: dpoOptimum };
}

/** The schedule's first state; says what to give where it needs the optima. */
export function initialState(schedule: Schedule, settings: ScheduleSettings): unknown {
  try {
    return schedule.init(settings);
  } catch (error) {
    if (!(error instanceof InputError) || error.field !== 'ideal' || settings.ideal !== undefined) throw error;
    const optima = '--sft-optimum and --dpo-optimum beside it: it compares optimality gaps';
    throw new InputError('schedule', schedule.name, optima);
  }
}
