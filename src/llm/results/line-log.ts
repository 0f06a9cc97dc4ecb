import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { jsonObject } from '../../base/json-object.js';
import { readText } from '../../base/read-whole.js';
import { openAppendLog, type AppendLog } from './append-log.js';

/** A row of a log: plain data. */
export interface LogRow {
  readonly step: number;
  readonly [column: string]: unknown;
}

/** A JSONL file that grows while a run goes on: one object per line, with the step it belongs to. */
export interface LineLog extends Pick<AppendLog, 'mark' | 'close'> {
  append(row: LogRow): void;
}

/** Opens a log for appending to what it holds. */
export function openLineLog(path: string): LineLog {
  const log = openAppendLog(path);
  return {
    ...log,
    append: (row) => {
      log.append(`${JSON.stringify(row)}\n`);
    },
  };
}

const rowSchema = z.looseObject({ step: z.int().nonnegative() });

/** The rows of a log; a last line cut short is passed over. Throws an InputError naming the line that is none. */
export function readRows(path: string): LogRow[] {
  const lines = readText(path).split('\n').slice(0, -1);
  return lines.map((line, i) => {
    const place = `${path}:${i + 1}`;
    return checked(rowSchema, jsonObject(line, place), { place });
  });
}
