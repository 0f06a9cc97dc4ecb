import { extname } from 'node:path';
import { writeParquet, type Columns } from './parquet.js';
import { writeWhole } from './whole-file.js';

/** Writes rows as JSONL or Parquet, by the file's ending, whole or not at all. */
export async function writeTable(
  path: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: Columns,
): Promise<void> {
  if (extname(path) === '.parquet') await writeParquet(path, rows, columns);
  else await writeWhole(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
