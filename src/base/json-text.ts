import { requireFieldsOnce } from './fields-once.js';
import { InputError } from './input-error.js';

/**
 * The value that a text of JSON stands for.
 * @param place where the text is from, for an error's words
 * @throws InputError naming the place when it is not JSON, or has a field twice
 */
export function jsonOf(text: string, place: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(place, text.slice(0, 40), 'JSON');
  }
  requireFieldsOnce(text, place);
  return value;
}
