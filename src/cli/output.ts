import { blocks, jsonPieces } from '../base/text.js';

/** Prints a value as indented JSON, typed arrays as arrays of numbers. */
export function printJson(value: unknown): void {
  print(jsonPieces(value));
  process.stdout.write('\n');
}

/**
 * Prints rows as a table with aligned columns.
 * @param rows gone through twice: for the widths and for the text
 */
export function printTable(header: readonly string[], rows: Iterable<readonly string[]>): void {
  const widths = header.map(({ length }) => length);
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i], cell.length)));
  print(tableLines(header, rows, widths));
}

function* tableLines(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
  widths: readonly number[],
): Iterable<string> {
  const line = (row: readonly string[]): string => `${row.map((cell, i) => cell.padStart(widths[i])).join('  ')}\n`;
  yield line(header);
  for (const row of rows) yield line(row);
}

function print(texts: Iterable<string>): void {
  for (const block of blocks(texts)) process.stdout.write(block);
}
