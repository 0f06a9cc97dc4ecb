import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { parquetRows } from '../../../src/llm/data/parquet.js';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { readRecords, streamRecords } from '../../../src/llm/data/records.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { tokenizerFromJson } from '../../../src/llm/tokenizer/from-json.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeLines } from '../toy.js';

const folder = temporaryFolder();
const bytes = tokenizerFromJson(byteTokenizerJson());
const settings = { maximumLength: 256 };
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** A table of five columns of text, uncompressed: each page begins with its header, 15 06 15 22 15 22 5c. */
function table(): Buffer {
  const columnData = ['instruction', 'output', 'prompt', 'chosen', 'rejected'].map((name) => ({
    name,
    type: 'STRING' as const,
    data: ['a', 'b', 'c'],
    nullable: true,
  }));
  return Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' }));
}

it('Parquet that never ends is refused in time', async () => {
  // The header of the first page ends early, and what follows is read as lengths and varints beyond the end.
  const damaged = table();
  Buffer.of(0x01, 0, 0, 0, 0x80).copy(damaged, 15);
  const path = write('hang.parquet', damaged);
  const read = async (): Promise<void> => {
    for await (const rows of parquetRows(path, 3000)) expect(rows).toEqual([]);
  };
  await expect(read()).rejects.toThrow(/hang\.parquet: got "rows that do not end.*expected a whole Parquet file/);
});

it('Parquet with more than one fault is refused once, whichever byte is wrong', async () => {
  const late: unknown[] = [];
  const listener = (error: unknown): void => {
    late.push(error);
  };
  process.on('unhandledRejection', listener);
  const whole = table();
  const name = whole.lastIndexOf('rejected');
  const damaged = Buffer.from(whole);
  // The name of a column chunk, and the kind of another.
  damaged.write('l', name + 7);
  damaged.fill(0xff, whole.length - 120, whole.length - 100);
  await expect(readRecords(write('twice.parquet', damaged))).rejects.toThrow(
    /twice\.parquet: got .*a whole Parquet file/,
  );
  process.off('unhandledRejection', listener);
  expect(late).toEqual([]);
});

it('JSONL may begin with a byte order mark, end its lines like Windows, and lack the last line break', async () => {
  const records = await readRecords(write('bom.jsonl', '\uFEFF{"a":"ä"}\r\n\r\n{"a":"😀"}'));
  expect(records.map(({ index, place, fields }) => [index, place.slice(folder.length + 1), fields])).toEqual([
    [0, 'bom.jsonl:1', { a: 'ä' }],
    [1, 'bom.jsonl:3', { a: '😀' }],
  ]);
});

it.each([
  [
    'a byte that begins no character',
    Buffer.concat([Buffer.from('{"a":"b"}\n{"a":"'), Buffer.of(0xff), Buffer.from('"}')]),
  ],
  [
    'half a surrogate pair',
    Buffer.concat([Buffer.from('{"a":"b"}\n{"a":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')]),
  ],
  ['a character that is cut off', Buffer.concat([Buffer.from('{"a":"b"}\n'), Buffer.of(0xe2, 0x82)])],
])('bytes that are no UTF-8 are refused by line: %s', async (_, content) => {
  await expect(readRecords(write('bad.jsonl', content))).rejects.toThrow(
    /bad\.jsonl:2: got "bytes that are not UTF-8", expected text in UTF-8/,
  );
});

it('lines are streamed: a file of more text than a string holds is read, its lines across chunks too', async () => {
  const path = join(folder, 'long.jsonl');
  const stream = createWriteStream(path);
  // Six lines of 90 MiB of spaces between the records: more than the 512 MiB that Node puts into one string.
  const blank = Buffer.alloc(90 * 2 ** 20, ' ');
  for (let n = 0; n < 7; n++) {
    stream.write(`{"n":${n}}`);
    if (n < 6 && !stream.write(blank)) await once(stream, 'drain');
    stream.write('\n');
  }
  stream.end();
  await once(stream, 'finish');
  const found: unknown[] = [];
  for await (const { fields } of streamRecords(path)) found.push(fields['n']);
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6]);
  rmSync(path);
});

it.each<[object, RegExp]>([
  [{ instruction: 'a', output: '\ud800 b' }, /:1: output: got "\\ud800 b", expected characters of Unicode/],
  [{ prompt: 'a\udfff', completion: 'b' }, /:1: prompt: got "a\\udfff", expected characters of Unicode/],
  [
    { messages: [{ role: 'assistant', content: '\udc00' }] },
    /:1: messages\[0\]\.content: got "\\udc00", expected characters of Unicode/,
  ],
])('text that UTF-8 cannot hold is refused where it stands: %j', async (record, message) => {
  const path = writeLines(join(folder, 'surrogate.jsonl'), [record]);
  await expect(readSft(path, bytes, { ...settings, template: '{prompt}' })).rejects.toThrow(message);
  const whole = writeLines(join(folder, 'pair.jsonl'), [{ instruction: 'a', output: '\ud83d\ude00 b' }]);
  expect((await readSft(whole, bytes, settings)).examples).toHaveLength(1);
});

it.each([
  ['{"instruction":"a","output":"b","output":"c"}', /:1: output: got "a second value"/],
  [
    '[{"instruction":"a","output":"b"},\n{"instruction":"a","instruction":"b","output":"c"}]',
    /instruction: got "a second/,
  ],
])('a field given twice is refused, of which JSON.parse would take the last: %s', async (text, message) => {
  const path = join(folder, 'twice.jsonl');
  writeFileSync(path, text);
  await expect(readSft(path, bytes, settings)).rejects.toThrow(message);
});

it('a reply without tokens is dropped and counted', async () => {
  const path = writeLines(join(folder, 'newlines.jsonl'), [
    { prompt: 'Q\n\n\n\n\n\n\n\n', chosen: ' Hello', rejected: '' },
    { prompt: 'Q\n\n\n\n\n\n\n\n', chosen: '', rejected: ' Hello' },
    { prompt: 'Q', chosen: ' Hello', rejected: '' },
  ]);
  const { examples, dropped } = await readPreferences(path, bytes, settings);
  expect(dropped).toBe(2);
  expect(examples.map(({ index }) => index)).toEqual([2]);
  const lost = writeLines(join(folder, 'lost.jsonl'), [{ instruction: 'a', output: '\n' }]);
  expect((await readSft(lost, bytes, settings)).dropped).toBe(0);
});

it.each([
  [
    'an empty folder',
    () => {
      const path = join(folder, 'empty');
      mkdirSync(path);
      return path;
    },
    /empty: got "no data file", expected JSONL, JSON or Parquet files in it/,
  ],
  [
    'links in a circle',
    () => {
      const path = join(folder, 'circle.jsonl');
      symlinkSync(path, path);
      return path;
    },
    /got "links that lead in a circle"/,
  ],
  ['a name that is too long', () => join(folder, `${'x'.repeat(300)}.jsonl`), /got "a name that is too long"/],
  [
    'a folder named like a table',
    () => {
      const path = join(folder, 'folder.parquet');
      mkdirSync(path);
      return path;
    },
    /folder\.parquet: got "/,
  ],
])('%s in place of a data file is refused', async (_, make, message) => {
  await expect(readRecords(make())).rejects.toThrow(message);
});

it('a FIFO is read where somebody writes to it', async () => {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  spawn('sh', ['-c', `printf '{"a":1}\\n{"a":2}\\n' > ${path}`], { stdio: 'ignore' });
  expect((await readRecords(path)).map(({ fields }) => fields)).toEqual([{ a: 1 }, { a: 2 }]);
});
