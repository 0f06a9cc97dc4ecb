import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { jsonObject } from '../../base/json-object.js';
import type { Columns } from '../../base/parquet.js';
import { readText } from '../../base/read-whole.js';
import { checkContents } from '../../llm/results/contents.js';
import { remedySummaryFile, remedyTables, type RemedyCost, type TrainedRemedyRow } from './results.js';
import type { RemedySummary } from './summary.js';

/** A finished comparison of remedies as its folder holds it. */
export interface RemedyResults {
  readonly summary: RemedySummary;
  readonly rows: readonly TrainedRemedyRow[];
  readonly cost: readonly RemedyCost[];
}

/** Whether a folder holds a finished comparison of remedies. */
export function holdsRemedies(folder: string): boolean {
  return existsSync(join(folder, remedySummaryFile));
}

/**
 * Reads the folder of a finished comparison of remedies, checked against what was written at its end.
 * @throws InputError where it is none, or a file is damaged
 */
export async function readRemedies(folder: string): Promise<RemedyResults> {
  if (!holdsRemedies(folder)) {
    throw new InputError('results', folder, 'the folder of a finished forgetting llm experiment --remedies');
  }
  await checkContents(folder, [remedySummaryFile, ...Object.keys(remedyTables).map((name) => `${name}.jsonl`)]);
  const place = join(folder, remedySummaryFile);
  const summary = checked(summarySchema, parseJson(place), { place }) as unknown as RemedySummary;
  const rows = <Row>(name: keyof typeof remedyTables): Row[] => {
    const [path, schema] = [join(folder, `${name}.jsonl`), z.strictObject(columnSchemas(remedyTables[name]))];
    const lines = readText(path).split('\n').slice(0, -1);
    return lines.map((line, i): Row => {
      const place = `${path}:${i + 1}`;
      return checked(schema, jsonObject(line, place), { place }) as unknown as Row;
    });
  };
  return { summary, rows: rows('remedies'), cost: rows('cost') };
}

const summarySchema = z.looseObject({
  settings: z.looseObject({ preset: z.string(), seed: z.int() }),
  optima: z.object({ dpo: z.number(), sft: z.number() }),
  labels: z.record(z.string(), z.string()),
  start: z.looseObject({}),
  references: z.object({ untrained: z.looseObject({}), uniformGuess: z.looseObject({}) }),
  ...Object.fromEntries(['rows', 'claims', 'hindsight', 'places'].map((name) => [name, z.array(z.unknown())])),
});

/** What a row of a table holds: a remedy without a parameter has no value. */
function columnSchemas(columns: Columns): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, type]): [string, z.ZodType] => {
      if (type === 'STRING') return [name, name === 'value' ? z.string().nullable() : z.string()];
      return [name, type === 'INT32' ? z.int() : z.number()];
    }),
  );
}
