import { InputError } from '../base/input-error.js';

/** A number of a model or of its training that is not finite; the field says what it is of. */
export class NotFinite extends InputError {}

/**
 * Throws NotFinite where a number that a model gave is not finite: its weights are, or they would have been refused,
 * but sums and products of them go beyond float32.
 */
export function requireFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new NotFinite(name, values[i], 'a finite number of the model');
  }
}
