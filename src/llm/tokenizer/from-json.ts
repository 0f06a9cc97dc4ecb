import * as library from '@huggingface/tokenizers';
import * as z from 'zod';
import { InputError } from '../../base/input-error.js';
import type { Tokenizer } from './tokenizer.js';

// The part of the library that is used here: its own type declarations do not resolve under Node's module rules.
interface LibraryTokenizer {
  encode(text: string): { ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
  get_vocab(withAddedTokens: boolean): Map<string, number>;
  token_to_id(token: string): number | undefined;
}
const { Tokenizer: HuggingFace } = library as unknown as {
  Tokenizer: new (tokenizer: unknown, config: unknown) => LibraryTokenizer;
};

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
const settingsSchema = z.object({ bos_token: token.nullish(), eos_token: token.nullish() });

/** Where the content of a tokenizer comes from, for an error's words. */
export interface TokenizerSource {
  readonly tokenizer: string;
  readonly config: string;
}

/**
 * The tokenizer of a tokenizer.json's content. BOS and EOS are those of tokenizer_config.json; where that is empty, of
 * GPT-NeoX's and Llama 3's end-of-text tokens the one that the vocabulary has.
 * @throws InputError when the content is not what its name says
 */
export function tokenizerFromJson(
  json: unknown,
  config: unknown = {},
  source: TokenizerSource = { tokenizer: 'tokenizer.json', config: 'tokenizer_config.json' },
): Tokenizer {
  const settings = settingsSchema.safeParse(config);
  if (!settings.success) throw new InputError(source.config, 'other tokens', 'bos_token and eos_token as text');
  let tokenizer: LibraryTokenizer;
  try {
    tokenizer = new HuggingFace(json, config);
  } catch (error) {
    throw new InputError(source.tokenizer, (error as Error).message, 'a tokenizer.json');
  }
  const vocabulary = tokenizer.get_vocab(true);
  const known = ['<|endoftext|>', '<|end_of_text|>', '</s>'].find((text) => vocabulary.has(text));
  const eosText = settings.data.eos_token ?? known;
  const bosText = settings.data.bos_token ?? undefined;
  const idOf = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : tokenizer.token_to_id(text);
  let largestId = -1;
  for (const id of vocabulary.values()) largestId = Math.max(largestId, id);
  return {
    kind: 'huggingface',
    vocabularySize: largestId + 1,
    bosId: idOf(bosText),
    eosId: idOf(eosText),
    eosText,
    encode: (text) => tokenizer.encode(text).ids,
    decode: (ids) => tokenizer.decode([...ids], { skip_special_tokens: true }),
  };
}
