import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from '../input-error.js';
import { jsonText } from './text.js';

/** Writes a file whole or not at all, making its folder; throws an InputError where it cannot be written. */
export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, content);
  } catch (error) {
    throw new InputError('out', path, `a place that can be written (${(error as Error).message})`);
  }
}

/** Prints a value as indented JSON, typed arrays as arrays of numbers. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** Prints rows as a table with aligned columns. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  for (const row of [header, ...rows]) {
    process.stdout.write(`${row.map((cell, i) => cell.padStart(widths[i])).join('  ')}\n`);
  }
}
