import { readFile } from 'node:fs/promises';
import { InputError } from '../../input-error.js';
import { fileRefusal } from '../../file-refusal.js';

/** One record of a data file and where it stands. */
export interface DataRecord {
  /** Its number among the file's records, from 0. */
  readonly index: number;
  /** The file and, from 1, the line: the name an error calls it by. */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The records of a JSONL file, in file order; blank lines are passed over.
 * Throws an InputError naming file and line where a line is not a JSON object, and where the file holds no record.
 */
export async function readRecords(path: string): Promise<DataRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileRefusal(path, error, 'a readable JSONL file');
  });
  const records: DataRecord[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `${path}:${number + 1}`;
    records.push({ index: records.length, place, fields: parsedObject(line, place) });
  }
  if (records.length === 0) throw new InputError(path, 'no records', 'one JSON object a line');
  return records;
}

function parsedObject(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(place, line, 'a JSON object on one line');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(place, value, 'a JSON object');
  }
  return value as Record<string, unknown>;
}

/** A text field of a record; throws an InputError naming file, line and field where it is missing or not a string. */
export function textField({ place, fields }: DataRecord, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new InputError(`${place}: ${name}`, value, 'a string');
  return value;
}
