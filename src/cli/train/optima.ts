import { InputError } from '../../base/input-error.js';
import type { Pair, Schedule, ScheduleSettings } from '../../schedule/schedule.js';

/** The optima that options give, NaN for one that is not given; undefined where none is. */
export function idealOf({
  sftOptimum,
  dpoOptimum,
}: {
  readonly sftOptimum?: number;
  readonly dpoOptimum?: number;
}): Pair | undefined {
  if (sftOptimum === undefined && dpoOptimum === undefined) return undefined;
  return { sft: sftOptimum ?? NaN, dpo: dpoOptimum ?? NaN };
}

/** The schedule's first state; says what to give where it needs optima. */
export function initialState(schedule: Schedule, settings: ScheduleSettings): unknown {
  try {
    return schedule.init(settings);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const objective = /^ideal\.(dpo|sft)$/.exec(error.field)?.[1];
    const both = error.field === 'ideal' && settings.ideal === undefined;
    if (!both && (objective === undefined || !Number.isNaN(error.value))) throw error;
    const optima = objective === undefined ? '--sft-optimum and --dpo-optimum' : `--${objective}-optimum`;
    throw new InputError('schedule', schedule.name, `${optima} with it: it compares optimality gaps`);
  }
}
