import { InputError } from '../../base/input-error.js';
import { checkedPreferenceLoss, marginLossOf } from '../../preference-loss/index.js';
import type { LogLinearFile } from '../problem/format.js';

/** The value, checked to be a finite number > 0. */
export function positive(field: string, value: number): number {
  if (!(value > 0 && value < Infinity)) throw new InputError(field, value, 'a finite number > 0');
  return value;
}

/** The value, checked to be a finite number ≥ 0. */
export function nonNegative(field: string, value: number): number {
  if (!(value >= 0 && value < Infinity)) throw new InputError(field, value, 'a finite number ≥ 0');
  return value;
}

/** The value, checked to be an integer ≥ least. */
export function integerFrom(least: number, field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < least) throw new InputError(field, value, `an integer ≥ ${least}`);
  return value;
}

/** The start, zero where none is given, checked to have the dimension and to lie in the ball. */
export function checkedStart(start: readonly number[] | undefined, dimension: number, radius = Infinity): number[] {
  const point = start ?? new Array<number>(dimension).fill(0);
  if (point.length !== dimension || !point.every(Number.isFinite)) {
    throw new InputError('start', point, `${dimension} finite ${dimension === 1 ? 'number' : 'numbers'}`);
  }
  if (Math.hypot(...point) > radius) throw new InputError('start', point, `a point in the ball of radius ${radius}`);
  return [...point];
}

/** The preference loss of a log-linear pair: dpo unless said otherwise. */
export interface LossOptions {
  readonly preferenceLoss?: NonNullable<LogLinearFile['preferenceLoss']>;
  readonly beta?: number;
  /** ε of cdpo. */
  readonly labelSmoothing?: number;
}

/** The fields of a problem file that say its preference loss, checked; none but β for dpo. */
export function lossFields(
  given: LossOptions & { readonly beta: number },
): Pick<LogLinearFile, 'preferenceLoss' | 'beta' | 'labelSmoothing'> {
  const { preferenceLoss = 'dpo', beta, labelSmoothing } = given;
  const smoothing = labelSmoothing !== undefined && { labelSmoothing };
  marginLossOf(checkedPreferenceLoss({ loss: preferenceLoss, beta, ...smoothing }));
  return { ...(preferenceLoss !== 'dpo' && { preferenceLoss }), beta, ...smoothing };
}

/** The fields of a log-linear problem file whose reference and start are θ = 0, the uniform policy. */
export function fromUniformPolicy(
  given: LossOptions & { readonly beta: number },
  dimension: number,
  radius: number,
): Omit<LogLinearFile, 'sft' | 'dpo'> {
  const zero = new Array<number>(dimension).fill(0);
  return { kind: 'log-linear', dimension, ...lossFields(given), reference: zero, radius, start: zero };
}
