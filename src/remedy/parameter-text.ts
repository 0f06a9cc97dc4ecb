import { InputError } from '../base/input-error.js';

/** A parameter's text as a number ≥ 0; throws an InputError naming the field. */
export function nonNegativeText(text: string, field: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Infinity)) throw new InputError(field, text, 'a number ≥ 0');
  return value;
}

/** A parameter's text as a number in [0, 1]; throws an InputError naming the field. */
export function unitText(text: string, field: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InputError(field, text, 'a number in [0, 1]');
  return value;
}

/** A parameter's text as a number in [0, 1); throws an InputError naming the field. */
export function belowOneText(text: string, field: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1)) throw new InputError(field, text, 'a number in [0, 1)');
  return value;
}
