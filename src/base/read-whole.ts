import { isUtf8 } from 'node:buffer';
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { fileRefusal } from './file-refusal.js';
import { InputError } from './input-error.js';
import { otherEndPatience, pause } from './pause.js';

/** The most bytes that are taken from what is no file, for a device may never end. */
const mostOfStream = 2 ** 30;

/**
 * All bytes of a file. A FIFO is read to its end, process substitution too, where somebody begins to write to it within
 * five seconds.
 * @throws InputError naming the file where it cannot be read
 */
export function readWhole(path: string, expected = 'a file that can be read'): Buffer {
  try {
    const stats = statSync(path);
    return stats.isFile() || stats.isDirectory() ? readFileSync(path) : readStream(path, expected);
  } catch (error) {
    throw fileRefusal(path, error, expected);
  }
}

/**
 * The text of a file in UTF-8, without the byte order mark that it may begin with; see `readWhole`.
 * @throws InputError naming the first line that is not UTF-8: Node would put U+FFFD in place of its bytes
 */
export function readText(path: string, expected?: string): string {
  const bytes = readWhole(path, expected);
  try {
    if (!isUtf8(bytes)) throw notUtf8(path, bytes);
    return (bytes.indexOf(byteOrderMark) === 0 ? bytes.subarray(byteOrderMark.length) : bytes).toString();
  } catch (error) {
    throw fileRefusal(path, error, expected ?? 'a file that can be read');
  }
}

const byteOrderMark = Buffer.from('\uFEFF');

/** The refusal of bytes that are not UTF-8, at the first line that is not. */
function notUtf8(path: string, bytes: Buffer): InputError {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    [line, start] = [line + 1, end + 1];
  }
  return new InputError(`${path}:${line}`, 'bytes that are not UTF-8', 'text in UTF-8');
}

/** What comes out of a FIFO or a device; without waiting in the system, where a writer that never comes could not be told. */
function readStream(path: string, expected: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const pieces: Buffer[] = [];
    const patience = performance.now() + otherEndPatience;
    const isFifo = statSync(path).isFIFO();
    const piece = Buffer.alloc(2 ** 16);
    for (let total = 0; ;) {
      const count = readAvailable(descriptor, piece);
      if (count !== undefined && count > 0) pieces.push(Buffer.from(piece.subarray(0, count)));
      total += count ?? 0;
      if (total > mostOfStream) throw new InputError(path, 'a device that does not end', expected);
      if (count === 0) {
        // An end before anything came: nobody has opened the other end yet.
        if (total > 0 || !isFifo) return Buffer.concat(pieces);
        if (performance.now() > patience) throw new InputError(path, 'a FIFO that nobody writes to', expected);
      }
      if (count === undefined || count === 0) pause(5);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes came; 0 at the end, undefined where there are none yet. */
function readAvailable(descriptor: number, into: Buffer): number | undefined {
  try {
    return readSync(descriptor, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
