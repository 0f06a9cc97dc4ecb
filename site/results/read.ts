import { InputError } from '../../src/base/input-error.js';
import { escaped, shortText } from '../../src/base/short-text.js';
import { inOurColumns, isTrainerState, trainerStateTables, type TableRow } from '../../src/llm/results/trainer-log.js';

/** What is wrong with a file, in one line. */
export class FileError extends Error {}

/** The tables in a file: those of a trainer_state.json, or the one that it is. */
export async function readTables(name: string, bytes: ArrayBuffer): Promise<TableRow[][]> {
  const state = name.endsWith('.json') ? parsed(textOf(name, bytes)) : undefined;
  if (!isTrainerState(state)) return [await readRows(name, bytes)];
  try {
    return Object.values(trainerStateTables(state)).filter(({ length }) => length > 0);
  } catch (error) {
    if (error instanceof InputError) throw new FileError(`${name}: ${error.message}`);
    throw error;
  }
}

/** The rows of a JSONL or Parquet file, by its content; throws a FileError where it is neither. */
export async function readRows(name: string, bytes: ArrayBuffer): Promise<TableRow[]> {
  const isParquet = new TextDecoder('latin1').decode(bytes.slice(0, 4)) === 'PAR1';
  const rows = isParquet ? await parquetRows(name, bytes) : jsonRows(name, textOf(name, bytes));
  if (rows.length === 0) throw new FileError(`${name}: got no rows, expected the rows of a run`);
  return rows;
}

async function parquetRows(name: string, file: ArrayBuffer): Promise<TableRow[]> {
  const { parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  try {
    const rows = await parquetReadObjects({ file, compressors });
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, cell]) => [key, typeof cell === 'bigint' ? Number(cell) : cell]),
      ),
    );
  } catch (error) {
    throw new FileError(`${name}: got a damaged Parquet file (${(error as Error).message}), expected a whole one`);
  }
}

function textOf(name: string, bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileError(`${name}: got bytes that are not UTF-8, expected JSONL or a Parquet file`);
  }
}

function jsonRows(name: string, text: string): TableRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const value = parsed(line);
    if (isRow(value)) return [inOurColumns(value)];
    const start = shortText(escaped(line), 40);
    throw new FileError(`${name}:${i + 1}: got ${start}, expected a JSON object on one line (JSONL) or a Parquet file`);
  });
}

function isRow(value: unknown): value is TableRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
