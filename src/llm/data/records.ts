import { InputError } from '../../base/input-error.js';
import { jsonObject } from '../../base/json-object.js';
import { fileRefusal } from '../../base/file-refusal.js';

/** One record of a data file and where it stands. */
export interface DataRecord {
  /** Its number among the file's records, from 0. */
  readonly index: number;
  /** The file and, from 1, the line or the row: the name an error calls it by. */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The records of a JSONL or Parquet file, in file order, read as they are taken; blank lines are passed over.
 * Throws an InputError naming the file, and the line or row, where a line is not a JSON object, the file is damaged, or
 * it holds no record.
 */
export async function* streamRecords(path: string): AsyncGenerator<DataRecord> {
  let index = 0;
  for await (const { place, fields } of (await isParquet(path)) ? parquetRecords(path) : jsonLineRecords(path)) {
    yield { index, place, fields };
    index += 1;
  }
  if (index === 0) throw new InputError(path, 'no records', 'one JSON object a line, or a row of Parquet each');
}

/** All records of a file; see `streamRecords`. */
export async function readRecords(path: string): Promise<DataRecord[]> {
  const records: DataRecord[] = [];
  for await (const record of streamRecords(path)) records.push(record);
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
    throw fileRefusal(path, error, 'a readable JSONL or Parquet file');
  }
}

async function* parquetRecords(path: string): AsyncGenerator<Omit<DataRecord, 'index'>> {
  const { parquetRows } = await import('./parquet.js');
  let row = 0;
  for await (const group of parquetRows(path)) {
    for (const fields of group) {
      row += 1;
      yield { place: `${path}: row ${row}`, fields };
    }
  }
}

async function* jsonLineRecords(path: string): AsyncGenerator<Omit<DataRecord, 'index'>> {
  const { utf8Lines } = await import('./utf8-lines.js');
  for (const { number, text } of utf8Lines(path, 'a readable JSONL or Parquet file')) {
    if (text.trim() === '') continue;
    const place = `${path}:${number}`;
    yield { place, fields: jsonObject(text, place) };
  }
}

/** A text field of a record; throws an InputError naming file, line and field where it is missing or not a string. */
export function textField({ place, fields }: DataRecord, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new InputError(`${place}: ${name}`, value, 'a string');
  return value;
}
