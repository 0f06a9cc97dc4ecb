import { InputError } from '../../base/input-error.js';

const newline = 0x0a;

/** A line of a text, and its number from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 text of any size, one at a time; a byte order mark is no part of a line.
 * @param path the name that an error says
 * @throws InputError naming the file, and the line where its bytes are no UTF-8 or more than fit in memory
 */
export async function* utf8Lines(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  // It refuses what Node would turn into U+FFFD, and takes a byte order mark away.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  const decoded = (bytes: Uint8Array): Line => {
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
  for await (const chunk of chunks) {
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
