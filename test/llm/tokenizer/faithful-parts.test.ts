import { describe, expect, it } from 'vitest';
import { tokenizerFromJson } from '../../../src/llm/tokenizer/from-json.js';

const pieces = '<unk> a b α σ ς SPACE ▁ \u0085 \ufeff 👩 \u200d a▁ 👩\u200d - ,'.split(' ');
const vocab = Object.fromEntries(pieces.map((piece, id) => [piece.replace('SPACE', ' '), id]));
const merges = [
  ['a', '▁'],
  ['👩', '\u200d'],
];
const model = { type: 'BPE', unk_token: '<unk>', fuse_unk: false, byte_fallback: false, vocab, merges };
const texts = ['ΑΣ aΣ', '\u0085a\ufeff ', 'a\ufeff\u0085b a', '👩\u200d👩a', 'a a aa', '_-a-_b', ' b, a'];
const encoded = (parts: object): number[][] => {
  const tokenizer = tokenizerFromJson({ model, ...parts });
  return texts.map((text) => tokenizer.encode(text));
};

describe('parts of a tokenizer.json give the ids of tokenizers 0.23, which Hugging Face’s models are made with', () => {
  // Its Σ is always σ, its white space has U+0085 and lacks U+FEFF, and U+200D is part of a word.
  const table: [string, object, number[][]][] = [
    [
      'Lowercase',
      { normalizer: { type: 'Lowercase' } },
      [
        [3, 4, 6, 1, 4],
        [8, 1, 9, 6],
        [1, 9, 8, 2, 6, 1],
        [13, 10, 1],
        [1, 6, 1, 6, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [6, 2, 15, 6, 1],
      ],
    ],
    [
      'BertNormalizer',
      { normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true } },
      [
        [3, 4, 6, 1, 4],
        [1, 6],
        [1, 2, 6, 1],
        [10, 10, 1],
        [1, 6, 1, 6, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [6, 2, 15, 6, 1],
      ],
    ],
    [
      'Strip',
      { normalizer: { type: 'Strip', strip_left: true, strip_right: true } },
      [
        [0, 0, 6, 1, 0],
        [1, 9],
        [1, 9, 8, 2, 6, 1],
        [13, 10, 1],
        [1, 6, 1, 6, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [2, 15, 6, 1],
      ],
    ],
    [
      'WhitespaceSplit',
      { pre_tokenizer: { type: 'WhitespaceSplit' } },
      [
        [0, 0, 1, 0],
        [1, 9],
        [1, 9, 2, 1],
        [13, 10, 1],
        [1, 1, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [2, 15, 1],
      ],
    ],
    [
      'BertPreTokenizer',
      { pre_tokenizer: { type: 'BertPreTokenizer' } },
      [
        [0, 0, 1, 0],
        [1, 9],
        [1, 9, 2, 1],
        [13, 10, 1],
        [1, 1, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [2, 15, 1],
      ],
    ],
    [
      'Whitespace',
      { pre_tokenizer: { type: 'Whitespace' } },
      [
        [0, 0, 1, 0],
        [1, 9],
        [1, 9, 2, 1],
        [10, 11, 10, 1],
        [1, 1, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [2, 15, 1],
      ],
    ],
    [
      'Metaspace, which splits unless told not to',
      { pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' } },
      [
        [7, 0, 0, 7, 1, 0],
        [7, 8, 1, 9, 7],
        [7, 1, 9, 8, 2, 7, 1],
        [7, 13, 10, 1],
        [7, 1, 7, 1, 7, 1, 1],
        [7, 0, 14, 1, 14, 0, 2],
        [7, 2, 15, 7, 1],
      ],
    ],
    [
      'Metaspace without a split',
      { pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false } },
      [
        [7, 0, 0, 7, 1, 0],
        [7, 8, 1, 9, 7],
        [7, 1, 9, 8, 2, 7, 1],
        [7, 13, 10, 1],
        [7, 12, 12, 1, 1],
        [7, 0, 14, 1, 14, 0, 2],
        [7, 2, 15, 7, 1],
      ],
    ],
    [
      'unknown characters fused, within words alone',
      { pre_tokenizer: { type: 'Whitespace' }, model: { ...model, fuse_unk: true } },
      [
        [0, 1, 0],
        [1, 9],
        [1, 9, 2, 1],
        [10, 11, 10, 1],
        [1, 1, 1, 1],
        [0, 14, 1, 14, 0, 2],
        [2, 15, 1],
      ],
    ],
  ];
  it.each(table)('%s', (_, parts, ids) => {
    expect(encoded(parts)).toEqual(ids);
  });
});

it('what nobody declares is no token of its own in a text', () => {
  const plain = { ...model, vocab: { ...vocab, '</s>': 16, '<': 17, '/': 18, s: 19, '>': 20 } };
  expect(tokenizerFromJson({ model: plain }).encode('</s>')).toEqual([17, 18, 19, 20]);
  expect(tokenizerFromJson({ model: plain }, { config: { eos_token: '</s>' } }).encode('</s>')).toEqual([16]);
});

it.each<[string, object, string, RegExp]>([
  [
    'merges behind a prefix',
    { model: { ...model, continuing_subword_prefix: '##' } },
    '',
    /continuing_subword_prefix: got "##"/,
  ],
  [
    'a table of SentencePiece',
    { normalizer: { type: 'Precompiled', precompiled_charsmap: '' } },
    '',
    /got "Precompiled"/,
  ],
  [
    'two ids of a token',
    { model, added_tokens: [{ id: 20, content: 'b' }] },
    '',
    /\[0\]\.id: got 20, expected 2, the id of "b"/,
  ],
  [
    'two tokens of an id',
    { model, added_tokens: [{ id: 2, content: 'x' }] },
    '',
    /\[0\]\.id: got 2, expected another id: it is that of "b"/,
  ],
  [
    'a character without a token',
    { model: { ...model, unk_token: null } },
    'axb',
    /got "axb", expected a token for each/,
  ],
  [
    'an unknown token that merges',
    { model: { ...model, unk_token: 'a' } },
    '',
    /unk_token: got "a", expected a token that is in no merge/,
  ],
  [
    'a prefix that Metaspace has and has not',
    { model, pre_tokenizer: { type: 'Metaspace', add_prefix_space: false } },
    '',
    /Metaspace\.add_prefix_space: got false/,
  ],
])('%s is refused, of which the library makes other ids without a word', (_, parts, text, message) => {
  expect(() => tokenizerFromJson({ model, ...parts }).encode(text)).toThrow(message);
});
