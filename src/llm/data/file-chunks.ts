import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { readWhole } from '../../base/read-whole.js';

const chunkBytes = 2 ** 20;

/**
 * The bytes of a file, a piece at a time; what is compressed with gzip, by its first two bytes, comes out decompressed.
 * @throws InputError naming the file where it cannot be read or its compression is damaged
 */
export async function* fileChunks(path: string, expected: string): AsyncGenerator<Buffer> {
  const chunks = storedChunks(path, expected);
  const first = chunks.next();
  if (first.done === true) return;
  const all = function* (): Generator<Buffer> {
    yield first.value;
    yield* chunks;
  };
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all();
    return;
  }
  const { createGunzip } = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const decompressed = createGunzip();
  // A failure of the source comes out of the loop below.
  pipeline(Readable.from(all()), decompressed, () => undefined);
  try {
    for await (const chunk of decompressed) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(path, (error as Error).message, 'a whole gzip file');
  }
}

function* storedChunks(path: string, expected: string): Generator<Buffer> {
  let descriptor: number;
  try {
    if (!statSync(path).isFile()) {
      const whole = readWhole(path, expected);
      if (whole.length > 0) yield whole;
      return;
    }
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw fileRefusal(path, error, expected);
  }
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(descriptor, chunk);
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } catch (error) {
    throw fileRefusal(path, error, expected);
  } finally {
    closeSync(descriptor);
  }
}
