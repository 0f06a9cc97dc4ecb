import { endOfText, endOfTextEntry } from './end-of-text.js';

/**
 * A tokenizer.json whose tokens are whole words and punctuation marks: <|endoftext|> (id 0), [UNK] (id 1) and the given
 * words in their order. Spaces and line breaks separate tokens and are none. It is a WordPiece model without pieces,
 * which both @huggingface/tokenizers and Python's tokenizers read.
 */
export function wordTokenizerJson(words: readonly string[]): Record<string, unknown> {
  const vocabulary = [endOfText, '[UNK]', ...words];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [endOfTextEntry(0)],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  };
}
