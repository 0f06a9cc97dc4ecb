import { copyFileSync, createReadStream, linkSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { writeInPieces } from '../../base/whole-file.js';
import { checkDigest } from '../weights/digest.js';
import { readCheckpoint } from '../train/checkpoint.js';
import { requireMark } from './contents.js';
import { copyClockFiles } from './run-files.js';

/**
 * Copies what the last checkpoint of an attempt vouches for into the folder of another: the checkpoint, and each log up
 * to the length that it had then. What the other process writes after that reaches no file here.
 * @throws InputError naming the file that is damaged
 */
export async function takeOver(source: string, own: string): Promise<void> {
  const from = join(source, 'checkpoint.safetensors');
  const taken = join(own, 'checkpoint.safetensors.taken');
  nameAlso(from, taken);
  await checkDigest(taken, from);
  const { state, files } = readCheckpoint(taken, from);
  for (const [name, mark] of Object.entries(files)) {
    const path = join(source, name);
    await requireMark(path, mark, { grown: true });
    await writeInPieces(join(own, name), async (write) => {
      if (mark.bytes === 0) return;
      for await (const piece of createReadStream(path, { end: mark.bytes - 1 })) write(piece as Buffer);
    });
  }
  await copyClockFiles(source, own, state.step);
  // By this name it says that all it vouches for is here.
  renameSync(taken, join(own, 'checkpoint.safetensors'));
}

/** Gives a checkpoint, which is never written again but only replaced, another name, under which it stays as it is. */
function nameAlso(checkpoint: string, name: string): void {
  try {
    if (!statSync(checkpoint).isFile()) throw new InputError(checkpoint, 'no file', 'the checkpoint of a run');
    try {
      linkSync(checkpoint, name);
    } catch {
      // A file system without links.
      copyFileSync(checkpoint, name);
    }
  } catch (error) {
    throw fileRefusal(checkpoint, error, 'the checkpoint of a run');
  }
}
