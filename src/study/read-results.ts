import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { checked } from '../base/checked.js';
import { InputError } from '../base/input-error.js';
import { parseJson } from '../base/json-file.js';
import { jsonObject } from '../base/json-object.js';
import type { Columns } from '../base/parquet.js';
import { readText } from '../base/read-whole.js';
import { checkContents } from '../llm/results/contents.js';
import { learnLabels } from '../schedule/recognise.js';
import type { Pair } from '../schedule/schedule.js';
import type { Comparison } from './plan.js';
import {
  nullableColumns,
  tables,
  type ChoiceRow,
  type CostRow,
  type EvaluationRow,
  type ReferenceRow,
  type SensitivityRow,
  type TuningRow,
} from './results.js';
import type { WrittenSettings } from './settings.js';
import type { Summary } from './summary.js';

/** A finished experiment as its folder holds it. */
export interface ExperimentResults {
  readonly settings: WrittenSettings;
  /** (f_DPO*, f_SFT*) of each comparison. */
  readonly optima: Readonly<Record<Comparison, Pair>>;
  readonly results: readonly EvaluationRow[];
  readonly choices: readonly ChoiceRow[];
  readonly cost: readonly CostRow[];
  /** Start, untrained model, uniform guess, and each objective alone, for each seed. */
  readonly references: readonly ReferenceRow[];
  /** Ends of runs that vary learning rate, β or f_SFT*. */
  readonly sensitivity: readonly SensitivityRow[];
  /** What learning rates were chosen by. */
  readonly tuning: readonly TuningRow[];
  readonly summary: Summary;
}

/**
 * Reads the folder of a finished experiment, its tables checked against what was written at its end.
 * @throws InputError where it is none, or a file is damaged
 */
export async function readExperiment(folder: string): Promise<ExperimentResults> {
  const at = (name: string): string => join(folder, name);
  if (!existsSync(at('summary.json'))) {
    throw new InputError('results', folder, 'the folder of a finished forgetting llm experiment');
  }
  await checkContents(folder, ['summary.json', ...Object.keys(tables).map((name) => `${name}.jsonl`)]);
  const place = at('summary.json');
  const summary = checked(summarySchema, parseJson(place), { place }) as unknown as Summary;
  learnLabels(summary.ownLabels ?? {});
  const rows = <Row>(name: keyof typeof tables): Row[] => {
    const [path, schema] = [at(`${name}.jsonl`), z.strictObject(columnSchemas(tables[name], nullableColumns[name]))];
    const lines = readText(path).split('\n').slice(0, -1);
    return lines.map((line, i): Row => {
      const place = `${path}:${i + 1}`;
      return checked(schema, jsonObject(line, place), { place }) as unknown as Row;
    });
  };
  return {
    settings: summary.settings,
    optima: summary.optima,
    results: rows('results'),
    choices: rows('choices'),
    cost: rows('cost'),
    references: rows('references'),
    sensitivity: rows('sensitivity'),
    tuning: rows('tuning'),
    summary,
  };
}

const pair = z.object({ dpo: z.number(), sft: z.number() });

/** Of a summary what figures go by. */
const summarySchema = z.looseObject({
  settings: z.looseObject({ preset: z.string(), seed: z.int(), scale: z.looseObject({ steps: z.int().positive() }) }),
  optima: z.object({ 'sft-dpo': pair, 'dpo-sft': pair }),
  ownLabels: z.record(z.string(), z.string()).optional(),
  ...Object.fromEntries(['singleObjectives', 'rows', 'checks', 'claims'].map((name) => [name, z.array(z.unknown())])),
});

const schemas: Readonly<Partial<Record<Columns[string], z.ZodType>>> = {
  STRING: z.string(),
  BOOLEAN: z.boolean(),
  INT32: z.int(),
  DOUBLE: z.number(),
};

/**
 * What a row of a table holds. Where the start is at an optimum there is no normalised distance: NaN, in JSON null.
 */
function columnSchemas(columns: Columns, nullable: readonly string[]): Record<string, z.ZodType> {
  const entries = Object.entries(columns).map(([name, type]): [string, z.ZodType] => {
    if (name === 'normalizedIdealDistance')
      return [
        name,
        z
          .number()
          .nullable()
          .transform((value) => value ?? NaN),
      ];
    const schema = schemas[type];
    if (schema === undefined) throw new Error(`column ${name} of type ${type}`);
    return [name, nullable.includes(name) ? schema.nullable() : schema];
  });
  return Object.fromEntries(entries);
}
