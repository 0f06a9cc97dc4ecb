import * as z from 'zod';
import { checked } from '../base/checked.js';
import { InputError } from '../base/input-error.js';
import { bothObjectives, type ObjectiveName, type Order, type Pair, type Schedule } from './schedule.js';

/** λ, checked to lie in [0, 1]. */
export function checkedLambda(lambda: number): number {
  if (!(lambda >= 0 && lambda <= 1)) throw new InputError('lambda', lambda, 'a number in [0, 1]');
  return lambda;
}

/** The number of updates, checked to be a positive integer. */
export function checkedSteps(steps: number): number {
  if (!Number.isSafeInteger(steps) || steps < 1) throw new InputError('steps', steps, 'an integer ≥ 1');
  return steps;
}

/** The two stage lengths, checked to be whole numbers that sum to the steps; halves where none is given. */
export function checkedSplit(split: readonly number[] | undefined, steps: number): readonly [number, number] {
  if (split === undefined) return [Math.ceil(steps / 2), Math.floor(steps / 2)];
  const [first, second] = split;
  const whole = split.length === 2 && split.every((stage) => Number.isSafeInteger(stage) && stage >= 0);
  if (!whole || first + second !== steps) {
    throw new InputError('split', split, `two whole numbers that sum to the ${steps} steps`);
  }
  return [first, second];
}

/**
 * The ideal point, checked to be there and finite.
 * @param needed the objectives whose optima the schedule looks at; the other's may be NaN, where it is not known
 */
export function checkedIdeal(
  ideal: Pair | undefined,
  schedule: string,
  needed: readonly ObjectiveName[] = bothObjectives,
): Pair {
  if (ideal === undefined && needed.length === 2) {
    throw new InputError('ideal', ideal, `the optima of both objectives, which ${schedule} needs`);
  }
  const known = { dpo: ideal?.dpo ?? NaN, sft: ideal?.sft ?? NaN };
  for (const objective of needed) {
    if (!Number.isFinite(known[objective]))
      throw new InputError(`ideal.${objective}`, known[objective], 'a finite number');
  }
  return known;
}

const orders: readonly Order[] = ['sft-dpo', 'dpo-sft'];

/** The order of two stages, a setting that several schedules have. */
export const orderSetting = z
  .enum(orders, { error: orders.map((order) => `"${order}"`).join(' or ') })
  .default('sft-dpo')
  .meta({ description: 'order of the stages: sft-dpo or dpo-sft', value: 'order' });

const splitError = 'two whole numbers, as in 500,500';
const stageLength = z.int({ error: splitError }).min(0, { error: splitError });

/** The lengths of two stages, a setting that several schedules have. */
export const splitSetting = z
  .tuple([stageLength, stageLength], { error: splitError })
  .optional()
  .meta({ description: 'steps of each stage, in order (default: halves)', value: 'n,m' });

/** What steps are counted in: the integers of 32 bits that tables hold. */
const largestCount = 2 ** 31 - 1;

/** A positive whole number, as a setting of a schedule. */
export function positiveInteger(): z.ZodInt {
  const error = 'an integer ≥ 1';
  return z
    .int({ error })
    .min(1, { error })
    .max(largestCount, { error: `an integer ≤ ${largestCount}` });
}

/**
 * A schedule's own settings from everything that it is told, with their defaults; settings of others are passed over.
 * Throws an InputError naming the first one that is wrong.
 */
export function ownSettings<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  return checked(schema, given);
}

/** The own settings of any schedule, with their defaults. */
export function describedSettings(
  { settings }: Pick<Schedule, 'settings'>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return settings === undefined ? {} : ownSettings(settings, given);
}
