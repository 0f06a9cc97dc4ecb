import { jsonOf } from './json-text.js';
import { readText } from './read-whole.js';
import { writeWhole } from './whole-file.js';

/**
 * The content of a JSON file.
 * @throws InputError naming the file when it cannot be read or is not JSON, or has a field twice
 */
export function parseJson(path: string): unknown {
  return jsonOf(readText(path), path);
}

/**
 * Writes a value as a JSON file in a folder that is made if need be, whole or not at all.
 * @throws InputError when the disk is full or the place cannot be written
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
