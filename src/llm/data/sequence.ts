import { InputError } from '../../base/input-error.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** A tokenised prompt and response. The response is what stands from `promptLength` to the end. */
export interface Sequence {
  readonly ids: Int32Array;
  /** The token count of the prompt tokenised alone. */
  readonly promptLength: number;
}

/** The position of the first predicted token: the first of the response, but never the first of all. */
export function responseStart({ promptLength }: Sequence): number {
  return Math.max(1, promptLength);
}

/** The number of predicted tokens: response tokens that have a token before them. */
export function responseTokens(sequence: Sequence): number {
  return Math.max(0, sequence.ids.length - responseStart(sequence));
}

/** The token count of a prompt tokenised alone, with what its tokenizer puts in front of every text. */
export function promptTokens(tokenizer: Tokenizer, prompt: string): number {
  return opened(tokenizer, prompt).length;
}

/** Whether a prompt is too long to train on: the published preparation leaves at least three tokens for the response. */
export function promptTooLong(promptLength: number, maximumLength: number): boolean {
  return promptLength >= maximumLength - 2;
}

/**
 * The tokens of prompt + response: trailing newlines stripped, then " " and the end-of-sequence text unless the text
 * ends with it already, so that the space is a trained token; cut to `maximumLength`, the last token forced to
 * end-of-sequence. A llama2.c tokenizer has no such text: the sequence is its BOS id, the encoded text, its EOS id.
 * `promptLength` counts the prompt tokenised alone, so where its trailing space merges with the reply's first word,
 * that whole word belongs to the prompt (the published preparation, github.com/heshandevaka/XRIGHT, xright/datasets).
 */
export function tokenise(
  tokenizer: Tokenizer,
  text: { readonly prompt: string; readonly response: string },
  promptLength: number,
  maximumLength: number,
): Sequence {
  const { eosId, eosText } = tokenizer;
  if (eosId === undefined) throw new InputError('tokenizer', 'no end-of-sequence token', 'one that has it');
  const stripped = (text.prompt + text.response).replace(/\n+$/, '');
  const closed = eosText === undefined || stripped.endsWith(eosText) ? stripped : `${stripped} ${eosText}`;
  const ids = opened(tokenizer, closed);
  if (eosText === undefined) ids.push(eosId);
  const kept = Int32Array.from(ids.slice(0, maximumLength));
  kept[kept.length - 1] = eosId;
  return { ids: kept, promptLength };
}

/**
 * A prompt with each of several continuations, nothing appended. `promptLength` is where the first of them parts from
 * the tokens of the prompt alone: what they predict differs by the continuation only, also where a tokenizer merges
 * the end of the prompt with what follows.
 */
export function continued(tokenizer: Tokenizer, prompt: string, continuations: readonly string[]): Sequence[] {
  const alone = opened(tokenizer, prompt);
  const wholes = continuations.map((continuation) => Int32Array.from(opened(tokenizer, prompt + continuation)));
  const common = wholes.map((ids) => alone.findIndex((id, position) => id !== ids[position]));
  const promptLength = Math.min(...common.map((parting) => (parting < 0 ? alone.length : parting)));
  return wholes.map((ids) => ({ ids, promptLength }));
}

/** The ids of a text behind its BOS: a HF tokenizer adds it where the model wants it, for llama2.c it is added here. */
function opened(tokenizer: Tokenizer, text: string): number[] {
  const { kind, bosId } = tokenizer;
  const ids = tokenizer.encode(text);
  return kind === 'llama2c' && bosId !== undefined ? [bosId, ...ids] : ids;
}
