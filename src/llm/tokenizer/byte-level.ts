import { endOfText, endOfTextEntry } from './end-of-text.js';

/**
 * A tokenizer.json whose tokens are the 256 bytes (in GPT-2's byte-level spelling, ids in the order of bytes) and, as
 * id 256, <|endoftext|>: for models that are made rather than loaded.
 */
export function byteTokenizerJson(): Record<string, unknown> {
  const bytes = Object.fromEntries(byteCharacters().map((character, byte) => [character, byte]));
  return byteLevelJson({ ...bytes, [endOfText]: 256 }, []);
}

/**
 * A tokenizer.json of GPT-2's kind: byte pairs merged in order within what its pattern splits, and, where it is in the
 * vocabulary, <|endoftext|> as a token of its own.
 * @param merges two tokens each, with a space between
 */
export function byteLevelJson(
  vocabulary: Readonly<Record<string, number>>,
  merges: readonly string[],
): Record<string, unknown> {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.hasOwn(vocabulary, endOfText) ? [endOfTextEntry(vocabulary[endOfText])] : [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      vocab: vocabulary,
      merges,
    },
  };
}

/** GPT-2's spelling of bytes: printable ones are themselves, the others characters from U+0100 on. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}
