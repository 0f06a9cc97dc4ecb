import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/input-error.js';
import type { Pair } from '../schedule/schedule.js';
import type { Comparison } from './plan.js';
import type { ChoiceRow, CostRow, EvaluationRow, tables } from './results.js';
import type { ExperimentSettings } from './settings.js';
import type { Summary } from './summary.js';

/** A finished experiment as its folder holds it. */
export interface ExperimentResults {
  readonly settings: Omit<ExperimentSettings, 'files'>;
  /** (f_DPO*, f_SFT*) of each comparison. */
  readonly optima: Readonly<Record<Comparison, Pair>>;
  readonly results: readonly EvaluationRow[];
  readonly choices: readonly ChoiceRow[];
  readonly cost: readonly CostRow[];
  readonly summary: Summary;
}

/** Reads the folder of a finished experiment; throws an InputError where it is none. */
export function readExperiment(folder: string): ExperimentResults {
  const at = (name: string): string => join(folder, name);
  if (!existsSync(at('summary.json'))) {
    throw new InputError('results', folder, 'the folder of a finished forgetting llm experiment');
  }
  const summary = JSON.parse(readFileSync(at('summary.json'), 'utf8')) as Summary;
  const rows = <Row>(name: keyof typeof tables): Row[] =>
    readFileSync(at(`${name}.jsonl`), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row);
  return {
    settings: summary.settings,
    optima: summary.optima,
    results: rows('results'),
    choices: rows('choices'),
    cost: rows('cost'),
    summary,
  };
}
