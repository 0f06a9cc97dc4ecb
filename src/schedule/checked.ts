import { InputError } from '../base/input-error.js';
import { schedules } from './index.js';
import { variants } from './key.js';
import type { Schedule } from './schedule.js';

/**
 * What a module exports, checked to be a schedule whose name and label are no other's.
 * @param reference what the module is called in refusals
 */
export function checkedSchedule(exported: unknown, reference: string): Schedule {
  if (!isSchedule(exported)) {
    throw new InputError('schedule', reference, 'a default export with name, init and distribution');
  }
  if (Object.hasOwn(schedules, exported.name)) {
    throw new InputError(`${reference}: name`, exported.name, 'a name that no schedule of the package has');
  }
  const known = Object.values(variants).find(({ label }) => label === exported.label);
  if (known !== undefined)
    throw new InputError(`${reference}: label`, known.label, 'a label that no schedule of the package has');
  return exported;
}

function isSchedule(value: unknown): value is Schedule {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Record<string, unknown>;
  const isOneOf = (types: readonly string[], names: readonly string[]): boolean =>
    names.every((name) => types.includes(typeof candidate[name]));
  return (
    typeof candidate.name === 'string' &&
    isOneOf(['function'], ['init', 'distribution']) &&
    isOneOf(['undefined', 'function'], ['evaluates', 'observe', 'draws', 'weightedGaps']) &&
    isOneOf(['undefined', 'string'], ['label', 'description'])
  );
}
