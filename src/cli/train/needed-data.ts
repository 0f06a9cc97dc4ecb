import { InputError } from '../../base/input-error.js';
import type { ObjectiveName, Schedule } from '../../schedule/schedule.js';
import { drawnFor, isOpenLoop, possibleOutcomes } from '../../schedule/step.js';
import type { TrainOptions } from '../options/train.js';

/**
 * The objectives that a run may need examples of: those that its schedule may draw in any step, or both where that
 * depends on values.
 */
export function neededObjectives(schedule: Schedule, state: unknown, steps: number): ReadonlySet<ObjectiveName> {
  if (!isOpenLoop(schedule, state, steps)) return new Set(['dpo', 'sft']);
  const needed = new Set<ObjectiveName>();
  for (let t = 1; t <= steps && needed.size < 2; t++) {
    for (const { choice } of possibleOutcomes(schedule, state, t)) {
      for (const objective of drawnFor(schedule, state, t, choice)) needed.add(objective);
    }
  }
  return needed;
}

/** Refuses a run without the data of an objective that it steps on, and held-out data of one objective of two. */
export function requireData(options: TrainOptions, needed: ReadonlySet<ObjectiveName>, schedule: string): void {
  const { sft, preferences, evaluationSft, evaluationPreferences, stopWithin, paretoPoint } = options;
  if (needed.has('sft') && sft === undefined) throw new InputError('sft', sft, `data files: ${schedule} steps on SFT`);
  if (needed.has('dpo') && preferences === undefined) {
    throw new InputError('preferences', preferences, `data files: ${schedule} steps on preferences`);
  }
  if (paretoPoint !== undefined && (sft === undefined || preferences === undefined)) {
    throw new InputError('pareto-point', paretoPoint, `--sft and --preferences, for --stop-within ${stopWithin ?? ''}`);
  }
  if (evaluationSft === undefined && evaluationPreferences === undefined) return;
  for (const [trained, heldOut, name] of [
    [sft, evaluationSft, 'evaluation-sft'],
    [preferences, evaluationPreferences, 'evaluation-preferences'],
  ] as const) {
    if ((trained === undefined) !== (heldOut === undefined)) {
      const expected = `${trained === undefined ? 'none' : 'files'}, as of the data that is trained on`;
      throw new InputError(name, heldOut, expected);
    }
  }
}
