import { InputError } from '../../base/input-error.js';
import { requireFieldsOnce } from '../../base/fields-once.js';
import { asObject, jsonObject } from '../../base/json-object.js';
import { fileRefusal } from '../../base/file-refusal.js';

/** One record of a data file and where it stands. */
export interface DataRecord {
  /** Its number among the records of all files, from 0. */
  readonly index: number;
  /** The file and, from 1, the line, the row or the entry: the name an error calls it by. */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A record as it comes from files. */
export interface StreamedRecord extends DataRecord {
  /** Its file. */
  readonly path: string;
}

type PlacedFields = Omit<DataRecord, 'index'>;

/** One data file or several: paths, folders or glob patterns. */
export type DataPaths = string | readonly string[];

/** What files of records are, in an error's words. */
const expected = 'a readable JSONL, JSON or Parquet file';

/**
 * The records of JSONL files, JSON arrays (both also compressed with gzip) or Parquet files, in order, read as they are
 * taken; blank lines are passed over. What a file is its content says.
 * Throws an InputError naming the file, and the line, row or entry, where a record is no object, the file is damaged, or
 * it holds no record.
 */
export async function* streamRecords(paths: DataPaths): AsyncGenerator<StreamedRecord> {
  const { dataFiles } = await import('./data-files.js');
  let index = 0;
  for (const path of await dataFiles(typeof paths === 'string' ? [paths] : paths)) {
    const before = index;
    for await (const { place, fields } of (await isParquet(path)) ? parquetRecords(path) : jsonRecords(path)) {
      yield { index, path, place, fields };
      index += 1;
    }
    if (index === before) throw new InputError(path, 'no records', 'one JSON object per line, or rows of Parquet');
  }
}

/** All records of files; see `streamRecords`. */
export async function readRecords(paths: DataPaths): Promise<DataRecord[]> {
  const records: DataRecord[] = [];
  for await (const record of streamRecords(paths)) records.push(record);
  return records;
}

/** Whether a file is Parquet, by its name or by the four bytes that it begins with. */
async function isParquet(path: string): Promise<boolean> {
  if (path.endsWith('.parquet')) return true;
  const { open, stat } = await import('node:fs/promises');
  try {
    // A FIFO gives its bytes once, and is read as text.
    if (!(await stat(path)).isFile()) return false;
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close());
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1';
  } catch (error) {
    throw fileRefusal(path, error, expected);
  }
}

async function* parquetRecords(path: string): AsyncGenerator<PlacedFields> {
  const { parquetRows } = await import('./parquet.js');
  let row = 0;
  for await (const group of parquetRows(path)) {
    for (const fields of group) {
      row += 1;
      yield { place: `${path}: row ${row}`, fields };
    }
  }
}

/** The objects of a JSON array where the text begins with a bracket, else of its lines. */
async function* jsonRecords(path: string): AsyncGenerator<PlacedFields> {
  const { utf8Lines } = await import('./utf8-lines.js');
  const { fileChunks } = await import('./file-chunks.js');
  let array: string[] | undefined;
  let begun = false;
  for await (const { number, text } of utf8Lines(path, fileChunks(path, expected))) {
    if (array === undefined && text.trim() === '') continue;
    if (!begun && text.trimStart().startsWith('[')) array = [];
    begun = true;
    if (array !== undefined) {
      array.push(text);
      continue;
    }
    const place = `${path}:${number}`;
    yield { place, fields: jsonObject(text, place) };
  }
  if (array !== undefined) yield* arrayRecords(path, array);
}

function* arrayRecords(path: string, lines: readonly string[]): Generator<PlacedFields> {
  let [text, values]: [string, unknown] = ['', undefined];
  try {
    text = lines.join('\n');
    values = JSON.parse(text);
  } catch (error) {
    const tooLong = error instanceof RangeError;
    const got = tooLong ? 'an array of over 2^29 characters' : (error as Error).message;
    throw new InputError(path, got, tooLong ? 'JSONL, which is read line by line' : 'a whole JSON array of objects');
  }
  requireFieldsOnce(text, path);
  for (const [entry, value] of (values as unknown[]).entries()) {
    const place = `${path}: record ${entry + 1}`;
    yield { place, fields: asObject(value, place) };
  }
}
