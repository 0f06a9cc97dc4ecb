import { InputError } from './input-error.js';
import { readText } from './read-whole.js';
import { writeWhole } from './whole-file.js';

/**
 * The content of a JSON file.
 * @throws InputError naming the file when it cannot be read or is not JSON, or has a field twice
 */
export function parseJson(path: string): unknown {
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(path, text.slice(0, 40), 'JSON');
  }
  requireFieldsOnce(text, path);
  return value;
}

/** Throws an InputError where an object of a JSON text has a field twice: JSON.parse takes the last without a word. */
export function requireFieldsOnce(text: string, path: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const quoted = token.slice(0, token.lastIndexOf('"') + 1);
      const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      const names = open.at(-1);
      if (names?.has(name) === true) throw new InputError(`${path}: ${name}`, 'a second value', 'every field once');
      names?.add(name);
    }
  }
}

/**
 * Writes a value as a JSON file in a folder that is made if need be, whole or not at all.
 * @throws InputError when the disk is full or the place cannot be written
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
