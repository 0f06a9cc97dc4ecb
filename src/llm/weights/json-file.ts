import { readFileSync } from 'node:fs';
import { InputError } from '../../input-error.js';

/**
 * The content of a JSON file.
 * @throws InputError naming the file when it cannot be read or is not JSON
 */
export function parseJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(path, (error as NodeJS.ErrnoException).code ?? 'an error', 'a file that can be read');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(path, text.slice(0, 40), 'JSON');
  }
}
