import { streamRecords, textField, type DataRecord } from './records.js';
import { nonEmpty, type Prepared, type PreparationSettings } from './sft.js';
import { promptTokens, promptTooLong, responseTokens, tokenise, type Sequence } from './sequence.js';
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
 * Records whose prompt has `maximumLength` − 2 tokens or more, or with a reply that has no token behind its prompt, are
 * dropped.
 * Throws an InputError where a record lacks a field and where nothing is left.
 */
export async function readPreferences(
  path: string,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<PreferencePair>> {
  const examples: PreferencePair[] = [];
  let dropped = 0;
  for await (const record of streamRecords(path)) {
    const example = preparePreference(record, tokenizer, settings);
    if (example === undefined) dropped += 1;
    else examples.push(example);
  }
  return { examples: nonEmpty(examples, path, settings), dropped };
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
  const pair = { index: record.index, chosen: sequence(chosen), rejected: sequence(rejected) };
  return responseTokens(pair.chosen) === 0 || responseTokens(pair.rejected) === 0 ? undefined : pair;
}
