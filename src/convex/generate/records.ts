import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { jsonObject } from '../../base/json-object.js';
import { readText } from '../../base/read-whole.js';
import { unicodeText } from '../../base/unicode-text.js';

/** A prompt with the reply that was preferred and the one that was not. */
export interface PreferenceRecord {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** A prompt with the reply to be imitated. */
export interface DemonstrationRecord {
  readonly prompt: string;
  readonly reply: string;
}

/**
 * The preferences of a JSON Lines file with keys prompt, chosen and rejected; other keys are ignored.
 * Throws an InputError naming the file, the line and the key.
 */
export function readPreferenceRecords(path: string): PreferenceRecord[] {
  return readRecords(path, preferenceSchema);
}

/**
 * The demonstrations of a JSON Lines file with keys instruction, output and, optionally, input; other keys are ignored.
 * The prompt is the instruction, with a new line and the input where that is not empty.
 * Throws an InputError naming the file, the line and the key.
 */
export function readDemonstrations(path: string): DemonstrationRecord[] {
  return readRecords(path, demonstrationSchema).map(({ instruction, input, output }) => ({
    prompt: (input ?? '') === '' ? instruction : `${instruction}\n${input}`,
    reply: output,
  }));
}

const preferenceSchema = z.object({ prompt: unicodeText, chosen: unicodeText, rejected: unicodeText });
const demonstrationSchema = z.object({
  instruction: unicodeText,
  input: unicodeText.nullish(),
  output: unicodeText,
});

function readRecords<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema>[] {
  const lines = readText(path).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `${path}:${index + 1}`;
    return [checked(schema, jsonObject(line, place), { place })];
  });
}
