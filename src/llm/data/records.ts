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
 * The records of a JSONL or Parquet file, in file order; blank lines are passed over.
 * Throws an InputError naming the file, and the line or row, where a line is not a JSON object, the file is damaged, or
 * it holds no record.
 */
export async function readRecords(path: string): Promise<DataRecord[]> {
  const records = (await isParquet(path)) ? await parquetRecords(path) : await jsonLineRecords(path);
  if (records.length === 0)
    throw new InputError(path, 'no records', 'one JSON object a line, or a row of Parquet each');
  return records;
}

/** Whether a file is Parquet, by its name or by the four bytes that it begins with. */
async function isParquet(path: string): Promise<boolean> {
  if (path.endsWith('.parquet')) return true;
  const { open } = await import('node:fs/promises');
  try {
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close());
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1';
  } catch (error) {
    throw fileRefusal(path, error, 'a readable JSONL or Parquet file');
  }
}

async function parquetRecords(path: string): Promise<DataRecord[]> {
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  try {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
    return rows.map((fields, index) => ({ index, place: `${path}: row ${index + 1}`, fields }));
  } catch (error) {
    const refusal = fileRefusal(path, error, 'a readable Parquet file');
    throw refusal instanceof InputError ? refusal : new InputError(path, refusal.message, 'a whole Parquet file');
  }
}

async function jsonLineRecords(path: string): Promise<DataRecord[]> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileRefusal(path, error, 'a readable JSONL or Parquet file');
  });
  const records: DataRecord[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `${path}:${number + 1}`;
    records.push({ index: records.length, place, fields: jsonObject(line, place) });
  }
  return records;
}

/** A text field of a record; throws an InputError naming file, line and field where it is missing or not a string. */
export function textField({ place, fields }: DataRecord, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new InputError(`${place}: ${name}`, value, 'a string');
  return value;
}
