import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { fileRefusal } from '../../base/file-refusal.js';

/**
 * Writes a large file piece by piece, as "<path>.unfinished" until it is complete.
 * @throws InputError when the disk is full or the place cannot be written; what was there before stays
 */
export async function writeInPieces(
  path: string,
  fill: (write: (bytes: Uint8Array) => void) => void | Promise<void>,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  let opened = false;
  try {
    const descriptor = openSync(unfinished, 'w');
    opened = true;
    try {
      await fill((bytes) => {
        for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done);
      });
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, path);
  } catch (error) {
    if (opened) rmSync(unfinished, { force: true });
    throw fileRefusal(path, error, 'a place with room for the file that can be written');
  }
}
