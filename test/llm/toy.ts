import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptsAt } from '../../src/llm/results/attempt.js';
import type { Sequence } from '../../src/llm/data/sequence.js';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../src/llm/model/random.js';
import { stream } from '../../src/base/random-stream.js';

/** The settings of the smallest model with all parts: two layers of width 16. */
export const toyConfig = neoxConfig({ width: 16, heads: 2, contextLength: 96 });

/** A folder with a toy model, whose tokens are bytes, and two small data files. */
export interface ToyFiles {
  readonly model: string;
  readonly sft: string;
  readonly preferences: string;
}

/** Writes a toy model and data files, 7 SFT records and 5 preferences, into a folder. */
export async function writeToyFiles(folder: string): Promise<ToyFiles> {
  const model = join(folder, 'model');
  await writeRandomModel(model, toyConfig, { seed: 1, deviation: 0.3 });
  const sft = Array.from({ length: 7 }, (_, i) => ({
    instruction: `Say ${i}`,
    output: 'abc'.repeat(1 + (i % 3)) + String(i),
  }));
  const preferences = Array.from({ length: 5 }, (_, i) => ({
    prompt: `Human: ${i}?`,
    chosen: ` yes${'!'.repeat(i)}`,
    rejected: ` no${'.'.repeat(4 - i)}`,
  }));
  return {
    model,
    sft: writeLines(join(folder, 'sft.jsonl'), sft),
    preferences: writeLines(join(folder, 'preferences.jsonl'), preferences),
  };
}

/** The folder that a run fills: its latest attempt's, or its own where it has ended. */
export function folderOf(out: string): string {
  const attempts = attemptsAt(out);
  return attempts.length === 0 ? out : attempts[0];
}

/** The number of steps that a run under way has written. */
export function stepsWritten(out: string): number {
  const path = join(folderOf(out), 'steps.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

/** Writes records as JSONL. */
export function writeLines(path: string, records: readonly object[]): string {
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

/** Sequences of random tokens with the given prompt lengths and lengths. */
export function randomSequences(
  sizes: readonly (readonly [number, number])[],
  vocabulary: number,
  seed: number,
): Sequence[] {
  const random = stream(seed, 'test-sequences');
  return sizes.map(([promptLength, length]) => ({
    promptLength,
    ids: Int32Array.from({ length }, () => random.integer(vocabulary)),
  }));
}
