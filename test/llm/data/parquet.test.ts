import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { readRecords } from '../../../src/llm/data/records.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import { llm } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeLines, writeToyFiles } from '../toy.js';

const folder = temporaryFolder();
writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(byteTokenizerJson()));
const bytes = readHuggingFaceTokenizer(join(folder, 'tokenizer.json'));
const settings = { maximumLength: 700 };

/** What the files in parquet/ hold, which arrow-rs wrote (parquet-wasm 0.7). */
const stored = [
  { instruction: 'Say hello', input: '', output: 'Hello, world.' },
  { instruction: 'Translate', input: 'naïve', output: 'naïf – 天真 "quoted"\n' },
  { instruction: 'Repeat', input: 'a', output: 'a '.repeat(300).trim() },
];

function writeTable(name: string, columnData: ColumnSource[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData })));
  return path;
}

describe('records in Parquet', () => {
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])(
    'are the same as in JSONL, compressed by %s',
    async (codec) => {
      const path = new URL(`parquet/${codec}.parquet`, import.meta.url).pathname;
      const records = await readRecords(path);
      expect(records.map(({ fields }) => fields)).toEqual(stored);
      expect(records.map(({ index, place }) => [index, place])).toEqual(
        [1, 2, 3].map((row) => [row - 1, `${path}: row ${row}`]),
      );
      const lines = writeLines(join(folder, 'same.jsonl'), stored);
      const both = { ...settings, inputField: true };
      expect(await readSft(path, bytes, both)).toEqual(await readSft(lines, bytes, both));
    },
  );

  it('are known by their first bytes where the name does not tell', async () => {
    const path = join(folder, 'blob');
    writeFileSync(path, readFileSync(new URL('parquet/zstd.parquet', import.meta.url)));
    expect((await readRecords(path)).length).toBe(3);
  });

  it.each<[string, ColumnSource[], RegExp]>([
    [
      'a missing column',
      [{ name: 'instruction', data: ['a', 'b'], type: 'STRING' }],
      /table\.parquet: row 1: output: got nothing, expected a string/,
    ],
    [
      'an empty cell',
      [
        { name: 'instruction', data: ['a', 'b'], type: 'STRING' },
        { name: 'output', data: ['c', null], type: 'STRING', nullable: true },
      ],
      /table\.parquet: row 2: output: got null, expected a string/,
    ],
    [
      'a number of 64 bits',
      [
        { name: 'instruction', data: [3n], type: 'INT64' },
        { name: 'output', data: ['c'], type: 'STRING' },
      ],
      /table\.parquet: row 1: instruction: got 3, expected a string/,
    ],
    [
      'a list',
      [
        { name: 'instruction', data: [{ role: 'user' }], type: 'JSON' },
        { name: 'output', data: ['c'], type: 'STRING' },
      ],
      /table\.parquet: row 1: instruction: got \{"role":"user"\}, expected a string/,
    ],
    ['no rows', [{ name: 'instruction', data: [], type: 'STRING' }], /table\.parquet: got "no records"/],
  ])('are refused by file, row and field: %s', async (_case, columns, message) => {
    await expect(readSft(writeTable('table.parquet', columns), bytes, settings)).rejects.toThrow(message);
  });

  it('are refused in a preference file by their fields', async () => {
    const path = new URL('parquet/zstd.parquet', import.meta.url).pathname;
    await expect(readPreferences(path, bytes, settings)).rejects.toThrow(
      /zstd\.parquet: row 1: got \["instruction",.*expected the fields of one of prompt \(prompt, chosen, rejected\)/,
    );
  });

  it('are refused as a file that is cut off, is no Parquet or is not there', async () => {
    const cut = writeTable('cut.parquet', [{ name: 'instruction', data: ['a'.repeat(200)], type: 'STRING' }]);
    truncateSync(cut, 100);
    await expect(readRecords(cut)).rejects.toThrow(/cut\.parquet: got .*expected a whole Parquet file/);
    const lines = writeLines(join(folder, 'lines.parquet'), stored);
    await expect(readRecords(lines)).rejects.toThrow(/lines\.parquet: got .*expected a whole Parquet file/);
    await expect(readRecords(join(folder, 'none.parquet'))).rejects.toThrow(/none\.parquet: got "no such file"/);
  });
});

describe('the command line', () => {
  it('gives the same numbers from Parquet as from JSONL', async () => {
    const files = await writeToyFiles(folder);
    const table = async (path: string, name: string): Promise<string> => {
      const records = await readRecords(path);
      const names = Object.keys(records[0].fields);
      return writeTable(
        name,
        names.map((field) => ({ name: field, data: records.map(({ fields }) => fields[field]), type: 'STRING' })),
      );
    };
    const evaluate = (sft: string, preferences: string) =>
      llm('evaluate', '--model', files.model, '--sft', sft, '--preferences', preferences, '--backend', 'cpu', '--json');
    const lines = await evaluate(files.sft, files.preferences);
    const parquet = await evaluate(
      await table(files.sft, 'sft.parquet'),
      await table(files.preferences, 'preferences.parquet'),
    );
    expect([lines.code, parquet.code]).toEqual([0, 0]);
    expect(parquet.stdout).toBe(lines.stdout);
  });
});
