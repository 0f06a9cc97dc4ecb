import { InputError } from '../../base/input-error.js';
import { streamRecords, textField, type DataRecord } from './records.js';
import { promptTokens, promptTooLong, responseTokens, tokenise, type Sequence } from './sequence.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** An instruction and its response, ready for the model. */
export interface SftExample {
  /** The record's number in its file, from 0. */
  readonly index: number;
  readonly sequence: Sequence;
}

/** How records become sequences. */
export interface PreparationSettings {
  /** The most tokens of a sequence; longer ones are cut. */
  readonly maximumLength: number;
  /** Adds the `input` field to the SFT prompt, on a line of its own after the instruction. */
  readonly inputField?: boolean;
}

/** What a data file gives: the examples kept, in file order, and how many records were dropped. */
export interface Prepared<Example> {
  readonly examples: readonly Example[];
  readonly dropped: number;
}

/** The SFT prompt around an instruction, whose own braces mean nothing. */
export function sftPrompt(instruction: string): string {
  return `User: ${instruction}\nAssistant: `;
}

/**
 * The SFT examples of a JSONL or Parquet file with the fields instruction and output (and input, with `inputField`).
 * Records with an empty instruction or output, a prompt of `maximumLength` − 2 tokens or more, or a response that has no
 * token behind its prompt are dropped.
 * Throws an InputError where a record lacks a field and where nothing is left.
 */
export async function readSft(
  path: string,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
): Promise<Prepared<SftExample>> {
  const examples: SftExample[] = [];
  let dropped = 0;
  for await (const record of streamRecords(path)) {
    const example = prepareSft(record, tokenizer, settings);
    if (example === undefined) dropped += 1;
    else examples.push(example);
  }
  return { examples: nonEmpty(examples, path, settings), dropped };
}

/** The SFT example of a record, or undefined where the record is dropped. */
export function prepareSft(
  record: DataRecord,
  tokenizer: Tokenizer,
  { maximumLength, inputField = false }: PreparationSettings,
): SftExample | undefined {
  const instruction = textField(record, 'instruction');
  const response = textField(record, 'output');
  const input = inputField ? textField(record, 'input') : '';
  if (instruction === '' || response === '') return undefined;
  const prompt = sftPrompt(input === '' ? instruction : `${instruction}\n${input}`);
  const promptLength = promptTokens(tokenizer, prompt);
  if (promptTooLong(promptLength, maximumLength)) return undefined;
  const sequence = tokenise(tokenizer, { prompt, response }, promptLength, maximumLength);
  return responseTokens(sequence) === 0 ? undefined : { index: record.index, sequence };
}

/** The examples, checked to be at least one. */
export function nonEmpty<Example>(
  examples: readonly Example[],
  path: string,
  { maximumLength }: PreparationSettings,
): readonly Example[] {
  if (examples.length === 0) {
    const expected = `at least one with text and a prompt under ${maximumLength - 2} tokens (max-length − 2)`;
    throw new InputError(path, 'every record dropped', expected);
  }
  return examples;
}
