import { InputError } from '../base/input-error.js';
import type { Order, Pair } from './schedule.js';

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

/** The period of MAXRIGHT's evaluations, checked to be a positive integer. */
export function checkedPeriod(period: number): number {
  if (!Number.isSafeInteger(period) || period < 1) throw new InputError('period', period, 'an integer ≥ 1');
  return period;
}

/** The order of the stages, checked to be one of the two. */
export function checkedOrder(order: string): Order {
  if (order !== 'sft-dpo' && order !== 'dpo-sft') throw new InputError('order', order, '"sft-dpo" or "dpo-sft"');
  return order;
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

/** The ideal point, checked to be there and finite. */
export function checkedIdeal(ideal: Pair | undefined, schedule: string): Pair {
  if (ideal === undefined)
    throw new InputError('ideal', ideal, `the optima of both objectives, which ${schedule} needs`);
  if (!Number.isFinite(ideal.dpo)) throw new InputError('ideal.dpo', ideal.dpo, 'a finite number');
  if (!Number.isFinite(ideal.sft)) throw new InputError('ideal.sft', ideal.sft, 'a finite number');
  return { dpo: ideal.dpo, sft: ideal.sft };
}
