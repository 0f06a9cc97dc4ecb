import { extname } from 'node:path';
import { writeParquet, type Columns } from './parquet.js';
import { jsonLines } from './text.js';
import { writeTexts } from './whole-file.js';

/** Writes rows as JSONL or Parquet, by the file's ending, whole or not at all. */
export async function writeTable(
  path: string,
  rows: Iterable<Readonly<Record<string, unknown>>>,
  columns: Columns,
): Promise<void> {
  if (extname(path) === '.parquet') await writeParquet(path, [...rows], columns);
  else await writeTexts(path, jsonLines(rows));
}
