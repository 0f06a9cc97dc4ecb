import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { workerModule } from '../../base/worker-module.js';
import type { ParquetRow } from './parquet-rows.js';

/** The most milliseconds for the first rows and from one row group to the next, and for each byte of the file besides. */
const [patience, patiencePerByte] = [10_000, 1e-3];

/**
 * The rows of a Parquet file, one row group after the other. They are decoded in a thread, which is stopped where a
 * damaged file lets it run without end, and whose late errors are no harm.
 * @throws InputError naming the file where it is damaged
 */
export async function* parquetRows(path: string, limit = patience): AsyncGenerator<ParquetRow[]> {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    throw fileRefusal(path, error, 'a readable Parquet file');
  }
  const { filename, execArgv } = workerModule('parquet-worker', import.meta.url);
  const worker = new Worker(new URL(filename), { execArgv, workerData: { path }, stderr: true });
  const rows: ParquetRow[][] = [];
  let ended: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  const end = (error?: unknown): void => {
    ended ??= { error };
    wake();
  };
  worker.on('message', (group: ParquetRow[]) => {
    rows.push(group);
    wake();
  });
  worker.on('error', end);
  worker.on('exit', () => {
    end();
  });
  try {
    for (;;) {
      for (let group = rows.shift(); group !== undefined; group = rows.shift()) yield group;
      if (ended !== undefined) break;
      const milliseconds = Math.ceil(limit + size * patiencePerByte);
      const timer = setTimeout(() => {
        end(new Error(`rows that do not end: ${size} bytes took over ${milliseconds} ms`));
      }, milliseconds);
      await new Promise<void>((resolve) => (wake = resolve));
      clearTimeout(timer);
    }
  } finally {
    await worker.terminate();
  }
  if (ended.error !== undefined) throw refusal(path, ended.error);
}

function refusal(path: string, error: unknown): Error {
  const refused = fileRefusal(path, error, 'a readable Parquet file');
  return refused instanceof InputError ? refused : new InputError(path, refused.message, 'a whole Parquet file');
}
