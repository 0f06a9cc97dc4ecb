import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { fileRefusal } from './file-refusal.js';
import { InputError } from './input-error.js';

/**
 * The content of a JSON file.
 * @throws InputError naming the file when it cannot be read or is not JSON
 */
export function parseJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileRefusal(path, error, 'a file that can be read');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(path, text.slice(0, 40), 'JSON');
  }
}

/**
 * Writes a value as a JSON file in a folder that is made if need be, whole or not at all.
 * @throws InputError when the disk is full or the place cannot be written
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  makeFolder(dirname(path));
  try {
    await writeFileAtomic(path, JSON.stringify(value, null, 2) + '\n');
  } catch (error) {
    throw fileRefusal(path, error, 'a place that can be written');
  }
}

/** @throws InputError when the folder is not there and cannot be made */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileRefusal(path, error, 'a folder that can be made');
  }
}
