import * as z from 'zod';
import { checked } from './checked.js';
import { requireFieldsOnce } from './fields-once.js';
import { InputError } from './input-error.js';

/**
 * The JSON object of one line.
 * @throws InputError naming its place ("file:line") where it is none, or has a field twice
 */
export function jsonObject(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(place, line, 'a JSON object on one line');
  }
  requireFieldsOnce(line, place);
  return asObject(value, place);
}

const objectSchema = z.record(z.string(), z.unknown(), { error: 'a JSON object' });

/** A value that is an object; throws an InputError naming its place where it is none. */
export function asObject(value: unknown, place: string): Record<string, unknown> {
  return checked(objectSchema, value, { place });
}
