import { InputError } from '../../base/input-error.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** Positions from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A tokenised prompt and response. The response is what stands from `promptLength` to the end. */
export interface Sequence {
  readonly ids: Int32Array;
  /** The token count of the prompt tokenised alone. */
  readonly promptLength: number;
  /** The spans of the response that are predicted, in order, where not all of it is: the assistant's turns. */
  readonly replies?: readonly Span[];
}

/** The spans of predicted tokens: those of the response, but never the first token of all. */
export function predictedSpans({ ids, promptLength, replies }: Sequence): Span[] {
  return (replies ?? [{ start: promptLength, end: ids.length }]).flatMap(({ start, end }) => {
    const first = Math.max(1, start);
    return first < end ? [{ start: first, end }] : [];
  });
}

/** The number of predicted tokens: response tokens that have a token before them. */
export function responseTokens(sequence: Sequence): number {
  return predictedSpans(sequence).reduce((sum, { start, end }) => sum + end - start, 0);
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
  return closedAt(maximumLength, closedIds(tokenizer, text), promptLength);
}

/** A text whose ids end with end-of-sequence, cut to `maximumLength`, and end with it again. */
export function closedAt(maximumLength: number, ids: readonly number[], promptLength: number): Sequence {
  const kept = Int32Array.from(ids.slice(0, maximumLength));
  kept[kept.length - 1] = ids[ids.length - 1];
  return { ids: kept, promptLength };
}

/** The ids of prompt + response of any length, closed as `tokenise` says; the last is end-of-sequence. */
export function closedIds(
  tokenizer: Tokenizer,
  text: { readonly prompt: string; readonly response: string },
): number[] {
  const { eosId, eosText } = tokenizer;
  if (eosId === undefined) throw new InputError('tokenizer', 'no end-of-sequence token', 'one that has it');
  const stripped = (text.prompt + text.response).replace(/\n+$/, '');
  const closed = eosText === undefined || stripped.endsWith(eosText) ? stripped : `${stripped} ${eosText}`;
  const ids = opened(tokenizer, closed);
  if (eosText === undefined) ids.push(eosId);
  else ids[ids.length - 1] = eosId;
  return ids;
}

/**
 * The tokens of a conversation as a chat template renders it, with what the tokenizer itself would put in front left
 * out, cut to `maximumLength`. A token on the border between a prompt and a reply belongs to the reply; one on the border
 * behind it does not.
 * @param replies the spans of the text's characters that are replies, in order
 */
export function tokeniseTurns(
  tokenizer: Tokenizer,
  { text, replies }: { readonly text: string; readonly replies: readonly Span[] },
  maximumLength: number,
): { readonly sequence: Sequence; readonly cut: boolean } {
  const encode = (part: string): number[] => tokenizer.encode(part).slice(tokenizer.opening.length);
  const ids = encode(text);
  const tokensBefore = (characters: number): number => {
    if (characters === text.length) return ids.length;
    const alone = encode(text.slice(0, characters));
    const parting = alone.findIndex((id, position) => id !== ids[position]);
    return parting < 0 ? alone.length : parting;
  };
  const spans = replies.map(({ start, end }) => ({ start: tokensBefore(start), end: tokensBefore(end) }));
  const kept = Int32Array.from(ids.slice(0, maximumLength));
  const promptLength = spans.at(0)?.start ?? ids.length;
  const predicted = spans.flatMap(({ start, end }) =>
    start < Math.min(end, kept.length) ? [{ start, end: Math.min(end, kept.length) }] : [],
  );
  const isAll = predicted.length === 1 && predicted[0].end === kept.length;
  return {
    sequence: { ids: kept, promptLength, ...(!isAll && { replies: predicted }) },
    cut: spans.some(({ end }) => end > kept.length),
  };
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
