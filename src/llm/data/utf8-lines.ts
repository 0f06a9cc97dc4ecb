import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { readWhole } from '../../base/read-whole.js';

const chunkBytes = 2 ** 20;
const newline = 0x0a;

/**
 * The lines of a UTF-8 text of any size, one at a time, with their numbers from 1; a byte order mark is no part of a line.
 * @throws InputError naming the file, and the line where its bytes are no UTF-8 or more than fit in memory
 */
export function* utf8Lines(path: string, expected: string): Generator<{ number: number; text: string }> {
  // It refuses what Node would turn into U+FFFD, and takes a byte order mark away.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  const decoded = (bytes: Uint8Array): { number: number; text: string } => {
    number += 1;
    try {
      return { number, text: decoder.decode(bytes) };
    } catch (error) {
      const tooLong = error instanceof RangeError || (error as { code?: string }).code === 'ERR_STRING_TOO_LONG';
      const got = tooLong ? `a line of ${bytes.length} bytes` : 'bytes that are not UTF-8';
      throw new InputError(`${path}:${number}`, got, tooLong ? 'lines that fit in memory' : 'text in UTF-8');
    }
  };
  let open: Buffer[] = [];
  for (const chunk of chunks(path, expected)) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const rest = chunk.subarray(start, end);
      yield decoded(open.length === 0 ? rest : Buffer.concat([...open, rest]));
      open = [];
      start = end + 1;
    }
    if (start < chunk.length) open.push(chunk.subarray(start));
  }
  if (open.length > 0) yield decoded(Buffer.concat(open));
}

function* chunks(path: string, expected: string): Generator<Buffer> {
  let descriptor: number;
  try {
    if (!statSync(path).isFile()) {
      yield readWhole(path, expected);
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
