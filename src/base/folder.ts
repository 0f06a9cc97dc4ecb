import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileRefusal } from './file-refusal.js';
import { InputError } from './input-error.js';

/**
 * Makes a folder and those above it, where they are not there.
 * @throws InputError when it is not there and cannot be made
 */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw fileRefusal(path, error, 'a folder that can be made');
  }
}

/** Node's own way to make the folders above never ends below /proc. */
function make(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new InputError(path, 'something that is not a folder', 'a folder');
  if (dirname(path) !== path) make(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}
