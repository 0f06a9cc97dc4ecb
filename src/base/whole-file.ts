import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from './input-error.js';

/** Writes a file whole or not at all, making its folder; throws an InputError where it cannot be written. */
export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, content);
  } catch (error) {
    throw new InputError('out', path, `a place that can be written (${(error as Error).message})`);
  }
}
