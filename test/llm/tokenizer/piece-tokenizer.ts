const special = ['<unk>', '<s>', '</s>'];
const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const letters = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:!?'-");
const merges = [
  ['▁', '▁'],
  ['h', 'e'],
  ['l', 'l'],
  ['he', 'll'],
  ['hell', 'o'],
  ['▁', 'h'],
  ['▁h', 'e'],
  ['▁', 'hello'],
];

/** The id of a piece of `pieceTokenizerJson`. */
export function pieceId(piece: string): number {
  return pieces.indexOf(piece);
}
const pieces = [...special, ...bytes, ...letters, '▁', ...merges.map((pair) => pair.join(''))];

/** A tokenizer.json in Llama 2's form: pieces with ▁ for a space, bytes as fallback, the given post-processor. */
export function pieceTokenizerJson(postProcessor: unknown = null): Record<string, unknown> {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...flags })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: postProcessor,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: merges.map((pair) => pair.join(' ')),
    },
  };
}

/** A post-processor that puts some of the special tokens before and behind a text. */
export function template(before: readonly string[], behind: readonly string[]): Record<string, unknown> {
  const item = (id: string): unknown => ({ SpecialToken: { id, type_id: 0 } });
  const text = { Sequence: { id: 'A', type_id: 0 } };
  return {
    type: 'TemplateProcessing',
    single: [...before.map(item), text, ...behind.map(item)],
    pair: [text, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: Object.fromEntries(special.map((id, number) => [id, { id, ids: [number], tokens: [id] }])),
  };
}
