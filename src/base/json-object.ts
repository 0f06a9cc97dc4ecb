import { InputError } from './input-error.js';

/** The JSON object of one line; throws an InputError naming its place ("file:line") where it is none. */
export function jsonObject(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(place, line, 'a JSON object on one line');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(place, value, 'a JSON object');
  }
  return value as Record<string, unknown>;
}
