import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { fileRefusal } from '../../base/file-refusal.js';

/** A row of a log: plain data. */
export interface LogRow {
  readonly step: number;
  readonly [column: string]: unknown;
}

/** A JSONL file that grows while a run goes on: one object a line, each with the step it belongs to. */
export interface LineLog {
  append(row: LogRow): void;
  /** Brings what was appended to the disk. */
  sync(): void;
  close(): void;
}

/**
 * Opens a log for appending. Rows of steps after `lastStep`, and a line cut short by a kill, are removed first, so that
 * a run that goes on from a checkpoint writes them again.
 */
export function openLineLog(path: string, lastStep: number): LineLog {
  try {
    const kept = existsSync(path) ? readRows(path).filter(({ step }) => step <= lastStep) : [];
    writeFileAtomic.sync(path, kept.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const descriptor = openSync(path, 'a');
    return {
      append: (row) => {
        appendWhole(descriptor, path, `${JSON.stringify(row)}\n`);
      },
      sync: () => {
        fsyncSync(descriptor);
      },
      close: () => {
        closeSync(descriptor);
      },
    };
  } catch (error) {
    throw fileRefusal(path, error, 'a file that can be written');
  }
}

function appendWhole(descriptor: number, path: string, line: string): void {
  const bytes = Buffer.from(line);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  } catch (error) {
    throw fileRefusal(path, error, 'a file that can be written');
  }
}

/** The rows of a log; a last line cut short is passed over. */
export function readRows(path: string): LogRow[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogRow);
}
