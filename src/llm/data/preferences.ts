import { readRecords, textField, type DataRecord } from './records.js';
import { nonEmpty, type Prepared, type PreparationSettings } from './sft.js';
import { promptTokens, promptTooLong, tokenise, type Sequence } from './sequence.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** A prompt with its preferred and its dispreferred reply, ready for the model. */
export interface PreferencePair {
  /** The record's number in its file, from 0. */
  readonly index: number;
  readonly chosen: Sequence;
  readonly rejected: Sequence;
}

/**
 * The preference pairs of a JSONL or Parquet file with the fields prompt, chosen and rejected; prompts are used as they are.
 * Records whose prompt has `maximumLength` − 2 tokens or more are dropped.
 * Throws an InputError where a record lacks a field and where nothing is left.
 */
export async function readPreferences(
  path: string,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<PreferencePair>> {
  const records = await readRecords(path);
  const examples = records.flatMap((record) => preparePreference(record, tokenizer, settings) ?? []);
  return { examples: nonEmpty(examples, path, settings), dropped: records.length - examples.length };
}

/** The preference pair of a record, or undefined where the record is dropped. */
export function preparePreference(
  record: DataRecord,
  tokenizer: Tokenizer,
  { maximumLength }: PreparationSettings,
): PreferencePair | undefined {
  const prompt = textField(record, 'prompt');
  const chosen = textField(record, 'chosen');
  const rejected = textField(record, 'rejected');
  const promptLength = promptTokens(tokenizer, prompt);
  if (promptTooLong(promptLength, maximumLength)) return undefined;
  const sequence = (response: string): Sequence =>
    tokenise(tokenizer, { prompt, response }, promptLength, maximumLength);
  return { index: record.index, chosen: sequence(chosen), rejected: sequence(rejected) };
}
