import { csvFormatRow } from 'd3-dsv';
import type { FigureRow } from './figure.js';

/** Rows as CSV (RFC 4180): every column that any row has, in order of appearance; absent cells are empty. */
export function csvText(rows: readonly FigureRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  return [columns, ...lines].map((line) => `${csvFormatRow(line)}\r\n`).join('');
}
