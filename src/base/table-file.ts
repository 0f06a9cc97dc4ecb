import { extname } from 'node:path';
import { csvFormatRow } from 'd3-dsv';
import { writeParquet, type Columns } from './parquet.js';
import { jsonLines } from './text.js';
import { writeTexts } from './whole-file.js';

/** Writes rows as JSONL, Parquet or CSV, by the file's ending, whole or not at all. */
export async function writeTable(
  path: string,
  rows: Iterable<Readonly<Record<string, unknown>>>,
  columns: Columns,
): Promise<void> {
  if (extname(path) === '.parquet') await writeParquet(path, [...rows], columns);
  else if (extname(path) === '.csv') await writeTexts(path, csvLines(rows, Object.keys(columns)));
  else await writeTexts(path, jsonLines(rows));
}

/** A header, then a line per row; what a row lacks is empty, and a list is its JSON. */
function* csvLines(rows: Iterable<Readonly<Record<string, unknown>>>, names: readonly string[]): Iterable<string> {
  yield `${csvFormatRow(names)}\n`;
  for (const row of rows) yield `${csvFormatRow(names.map((name) => csvCell(row[name])))}\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
