import * as library from '@huggingface/tokenizers';
import { InputError } from '../../base/input-error.js';
import { addedTokenSplitter, type AddedToken, type TextPiece } from './added-tokens.js';
import { checkedTokenizerJson, withDecoderTokens, type TokenizerJson } from './json-schema.js';
import { specialTokens, surroundingIds, type SpecialTokens, type TokenizerFiles } from './special-tokens.js';
import type { Tokenizer } from './tokenizer.js';

// The part of the library that is used here: its own type declarations do not resolve under Node's module rules.
interface LibraryTokenizer {
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
  readonly normalizer: ((text: string) => string) | null;
  readonly pre_tokenizer: ((text: string, options: { section_index: number }) => string[]) | null;
  readonly model: ((words: string[]) => string[]) & { readonly unk_token_id: number | undefined };
}
const { Tokenizer: HuggingFace } = library as unknown as {
  Tokenizer: new (tokenizer: unknown, config: unknown) => LibraryTokenizer;
};

/**
 * The tokenizer of a tokenizer.json's content and of the files beside it. Its `encode` puts in front of a text what
 * the post-processor does, BOS only and always where tokenizer_config.json has an `add_bos_token`; an EOS that the
 * post-processor puts behind is left out, for the end of a prompt is not the end of the text.
 * @param source the name of the file, for an error's words
 * @throws InputError when the content is not what its name says
 */
export function tokenizerFromJson(json: unknown, files: TokenizerFiles = {}, source = 'tokenizer.json'): Tokenizer {
  const checked = checkedTokenizerJson(json, source);
  const { vocabulary } = checked;
  const config = (files.config ?? {}) as { added_tokens_decoder?: unknown };
  const listed = withDecoderTokens(checked, config.added_tokens_decoder, source);
  const addedIds = new Map(listed.map(({ content, id }) => [content, id]));
  const texts = new Map([...vocabulary, ...addedIds].map(([text, id]) => [id, text]));
  const idOf = (text: string): number | undefined => addedIds.get(text) ?? vocabulary.get(text);
  const special = specialTokens(files, idOf, (id) => texts.get(id), source);
  const added = [...listed, ...specialTexts(special.texts, addedIds, vocabulary)];
  const split = textSplitter(checked, added, config, source);
  const before = openingIds(checked, special, source);

  const skipped = new Set(added.filter((token) => token.special).map(({ id }) => id));
  return {
    kind: 'huggingface',
    vocabularySize: largest(texts.keys()) + 1,
    ...special,
    opening: before,
    encode: (text) => [...before, ...split.encode(text)],
    decode: (ids) => split.decode(ids.filter((id) => texts.has(id) && !skipped.has(id))),
  };
}

/** Special tokens that are in the model's vocabulary alone become added ones, as in transformers. */
function specialTexts(
  texts: readonly string[],
  addedIds: ReadonlyMap<string, number>,
  vocabulary: ReadonlyMap<string, number>,
): AddedToken[] {
  return [...new Set(texts)].flatMap((content) => {
    const id = vocabulary.get(content);
    if (id === undefined || addedIds.has(content)) return [];
    return [{ id, content, singleWord: false, strip: { left: false, right: false }, normalized: false, special: true }];
  });
}

/** What stands before every text; what stands behind can only be EOS, which is left out. */
function openingIds(
  { post_processor }: TokenizerJson,
  { bosId, eosId, addBos }: SpecialTokens,
  source: string,
): number[] {
  const { before, behind } = surroundingIds(post_processor, source);
  if (behind.some((id) => id !== eosId)) {
    throw new InputError(`${source}: post_processor`, behind, `nothing after a text but EOS, id ${eosId}`);
  }
  if (addBos === undefined || (addBos && bosId !== undefined && before.includes(bosId))) return before;
  if (!addBos) return before.filter((id) => id !== bosId);
  if (bosId === undefined) throw new InputError(`${source}: add_bos_token`, true, 'a bos_token of the vocabulary');
  return [bosId, ...before];
}

/** Text to ids and back without what stands around it, by the library's parts. */
function textSplitter(
  checked: TokenizerJson,
  added: readonly AddedToken[],
  config: unknown,
  source: string,
): { encode: (text: string) => number[]; decode: (ids: number[]) => string } {
  const guarded = <Result>(run: () => Result): Result => {
    try {
      return run();
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(source, (error as Error).message, 'a whole tokenizer.json');
    }
  };
  const tokenizer = guarded(
    () =>
      new HuggingFace(
        {
          ...checked,
          // Special tokens are put around a text here.
          post_processor: null,
          added_tokens: added.map(({ id, content, special }) => ({ id, content, special, normalized: false })),
        },
        config,
      ),
  );
  const { normalizer, pre_tokenizer: preTokenizer, model } = tokenizer;
  const inText = addedTokenSplitter(added.filter(({ normalized }) => !normalized));
  const inNormalized = guarded(() =>
    addedTokenSplitter(
      added
        .filter(({ normalized }) => normalized)
        .map((token) => ({ ...token, content: normalizer?.(token.content) ?? token.content }))
        .filter(({ content }) => content !== ''),
    ),
  );
  const ids = new Map([...checked.vocabulary, ...added.map(({ content, id }) => [content, id] as const)]);
  const idOf = (token: string): number => {
    const id = ids.get(token) ?? model.unk_token_id;
    if (id === undefined) throw new InputError(source, token, 'a token for it, or one for unknown text');
    return id;
  };
  const { type, byte_fallback: byBytes, end_of_word_suffix: suffix, unk_token: unknown } = checked.model;
  // Without a token for unknown text the library leaves out what has none; so does the original, and joins what is left.
  const holdsAll = (type ?? 'BPE') === 'BPE' && byBytes !== true && (unknown ?? null) === null;
  const tokensOf = (word: string): string[] => {
    const tokens = model([word]);
    if (holdsAll && tokens.join('') !== `${word}${typeof suffix === 'string' ? suffix : ''}`) {
      throw new InputError(source, word, 'a token for each of its characters, or one for unknown text');
    }
    return tokens;
  };
  const encodePlain = (text: string, section: number): number[] => {
    const words = preTokenizer?.(text, { section_index: section }) ?? [text];
    // Word by word: unknown characters are fused within a word, never across two.
    return words.flatMap((word) => tokensOf(word)).map(idOf);
  };
  const each = (pieces: readonly TextPiece[], encode: (text: string, at: number) => number[]): number[] =>
    pieces.flatMap((piece, at) => (typeof piece === 'number' ? [piece] : encode(piece, at)));
  return {
    encode: (text) =>
      guarded(() =>
        each(inText(text), (section, at) =>
          each(inNormalized(normalizer?.(section) ?? section), (part, inside) => encodePlain(part, at + inside)),
        ),
      ),
    decode: (given) =>
      given.length === 0 ? '' : guarded(() => tokenizer.decode(given, { skip_special_tokens: true })),
  };
}

function largest(numbers: Iterable<number>): number {
  let most = -1;
  for (const number of numbers) most = Math.max(most, number);
  return most;
}
