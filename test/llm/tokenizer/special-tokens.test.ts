import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenise } from '../../../src/llm/data/sequence.js';
import { addedTokenSplitter, type AddedToken } from '../../../src/llm/tokenizer/added-tokens.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { tokenizerFromJson } from '../../../src/llm/tokenizer/from-json.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { pieceId, pieceTokenizerJson, template } from './piece-tokenizer.js';

const hello = pieceId('▁hello');
const [bos, eos] = [1, 2];
const both = { bos_token: '<s>', eos_token: '</s>' };

describe('what stands before a text', () => {
  it.each([
    ['nothing says BOS', null, both, [hello]],
    ['add_bos_token without a template', null, { ...both, add_bos_token: true }, [bos, hello]],
    ['the class of a Llama 2 folder', null, { ...both, tokenizer_class: 'LlamaTokenizerFast' }, [bos, hello]],
    ['another class', null, { ...both, tokenizer_class: 'PreTrainedTokenizerFast' }, [hello]],
    ['a template', template(['<s>'], []), both, [bos, hello]],
    ['a template and add_bos_token, once', template(['<s>'], []), { ...both, add_bos_token: true }, [bos, hello]],
    ['add_bos_token: false beside a template', template(['<s>'], []), { ...both, add_bos_token: false }, [hello]],
    ['a template that closes with EOS', template(['<s>'], ['</s>']), { ...both, add_eos_token: true }, [bos, hello]],
    [
      'a template inside a sequence',
      { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template(['<s>'], ['</s>'])] },
      both,
      [bos, hello],
    ],
    ["BERT's form", { type: 'BertProcessing', cls: ['<s>', 1], sep: ['</s>', 2] }, both, [bos, hello]],
    ['tokens as objects', null, { bos_token: { content: '<s>', lstrip: false }, add_bos_token: true }, [bos, hello]],
  ])('%s', (_, postProcessor, config, ids) => {
    const tokenizer = tokenizerFromJson(pieceTokenizerJson(postProcessor), { config });
    expect(tokenizer.encode('hello')).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe('hello');
    // A sequence ends in one EOS, whatever the template says.
    const { ids: sequence } = tokenise(tokenizer, { prompt: 'hello', response: ' hello' }, ids.length, 64);
    expect(Array.from(sequence).filter((id) => id === eos)).toEqual([eos]);
    expect(sequence.at(-1)).toBe(eos);
  });

  it('is refused where it is no BOS of the vocabulary, or more than EOS stands behind', () => {
    const make = (postProcessor: unknown, config: object) =>
      tokenizerFromJson(pieceTokenizerJson(postProcessor), { config });
    expect(() => make(null, { add_bos_token: true })).toThrow(/add_bos_token: got true, expected a bos_token/);
    expect(() => make(template([], ['<unk>']), both)).toThrow(/post_processor: got \[0\], expected nothing after/);
    expect(() => make({ type: 'Riddle' }, both)).toThrow(/post_processor: got "Riddle"/);
  });
});

describe('EOS', () => {
  const two = byteTokenizerJson();
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const added = [...(two['added_tokens'] as object[]), { id: 257, content: '</s>', ...flags }];
  const json = { ...two, added_tokens: added };

  it.each([
    [
      'of tokenizer_config.json, before all',
      { config: { eos_token: '</s>' }, modelConfig: { eos_token_id: 256 } },
      257,
      [257, 256],
    ],
    ['of special_tokens_map.json', { specialTokensMap: { eos_token: '</s>' } }, 257, [257]],
    ['of special_tokens_map.json, as an object', { specialTokensMap: { eos_token: { content: '</s>' } } }, 257, [257]],
    ['of config.json', { modelConfig: { eos_token_id: 257 } }, 257, [257]],
    ['of generation_config.json', { generationConfig: { eos_token_id: [257, 256] } }, 257, [257, 256]],
    [
      "of the text, with the list of generation_config.json's for generation",
      {
        config: { eos_token: '</s>' },
        modelConfig: { eos_token_id: 1 },
        generationConfig: { eos_token_id: [10, 256] },
      },
      257,
      [257, 10, 256],
    ],
    ['of the vocabulary', {}, 256, [256]],
  ])('is that %s', (_, files, eosId, endIds) => {
    const tokenizer = tokenizerFromJson(json, files);
    expect(tokenizer).toMatchObject({ eosId, endIds });
    const { ids } = tokenise(tokenizer, { prompt: 'a', response: 'b' }, 1, 64);
    expect(Array.from(ids)).toEqual([97, 98, 32, eosId]);
  });

  it('is read from the folder of the tokenizer and of the model', () => {
    const folder = temporaryFolder();
    const model = join(folder, 'model');
    mkdirSync(model);
    const path = join(folder, 'tokenizer.json');
    writeFileSync(path, JSON.stringify(json));
    writeFileSync(join(folder, 'special_tokens_map.json'), '{"eos_token": "</s>"}');
    writeFileSync(join(model, 'generation_config.json'), '{"eos_token_id": [256, 33]}');
    expect(readHuggingFaceTokenizer(path, model)).toMatchObject({ eosId: 257, endIds: [257, 256, 33] });
    writeFileSync(join(model, 'generation_config.json'), '{"eos_token_id": "</s>"}');
    expect(() => readHuggingFaceTokenizer(path, model)).toThrow(/generation_config\.json: eos_token_id: got "<\/s>"/);
  });

  it("that only the model's vocabulary has is one token in a text too", () => {
    const pieces = { ...pieceTokenizerJson(), added_tokens: [] };
    expect(tokenizerFromJson(pieces, { config: both }).encode('hello</s>')).toEqual([hello, eos]);
  });
});

describe('added tokens', () => {
  const token = (
    id: number,
    content: string,
    flags: Partial<Omit<AddedToken, 'strip'>> & { left?: boolean; right?: boolean } = {},
  ): AddedToken => ({
    id,
    content,
    singleWord: flags.singleWord ?? false,
    strip: { left: flags.left ?? false, right: flags.right ?? false },
    normalized: false,
    special: true,
  });

  it('take white space with them, and as single words no letters beside them', () => {
    const split = addedTokenSplitter([
      token(1, '<m>', { left: true }),
      token(2, '<r>', { right: true }),
      token(3, 'cat', { singleWord: true }),
    ]);
    expect(split('a  <m> b')).toEqual(['a', 1, ' b']);
    expect(split('a <r>  b')).toEqual(['a ', 2, 'b']);
    expect(split('cat concat cat.')).toEqual([3, ' concat ', 3, '.']);
    expect(split('\n<m>\nx')).toEqual([1, '\nx']);
    for (const text of ['cats', 'écat', 'cat_', '5cat', 'caté', 'cat\u200d']) expect(split(text)).toEqual([text]);
    expect(split('(cat)cat')).toEqual(['(', 3, ')', 3]);
    // The letter beside it may belong to another token.
    const joined = addedTokenSplitter([token(4, 'dog'), token(3, 'cat', { singleWord: true })]);
    expect(joined('dogcat')).toEqual([4, 'cat']);
  });

  it('are cut at the first, longest one: pieces spell the text, and no plain piece holds a token', () => {
    const contents = ['a', 'ab', 'abc', 'ca'];
    const split = addedTokenSplitter(contents.map((content, id) => token(id, content)));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '😀') }), (text) => {
        const pieces = split(text);
        expect(pieces.map((piece) => (typeof piece === 'number' ? contents[piece] : piece)).join('')).toBe(text);
        for (const piece of pieces) if (typeof piece === 'string') expect(piece).not.toContain('a');
        // An independent search: a regular expression takes the first alternative, here the longest.
        const found = text.match(/abc|ab|a|ca/g) ?? [];
        expect(pieces.filter((piece) => typeof piece === 'number')).toEqual(found.map((one) => contents.indexOf(one)));
      }),
    );
  });

  it('of the configuration count beside those of tokenizer.json, and have its flags', () => {
    const json = byteTokenizerJson();
    const flags = { lstrip: false, normalized: false, rstrip: false, single_word: false, special: false };
    const decoder = (content: string, id: number, more: object = {}) => ({
      config: { added_tokens_decoder: { [id]: { content, ...flags, ...more } } },
    });
    expect(tokenizerFromJson(json, decoder('<x>', 300)).encode('a<x>')).toEqual([97, 300]);
    expect(tokenizerFromJson(json, decoder('<|endoftext|>', 256, { lstrip: true })).encode('a <|endoftext|>')).toEqual([
      97, 256,
    ]);
    expect(() => tokenizerFromJson(json, decoder('<|endoftext|>', 300))).toThrow(
      /added_tokens_decoder\.300: got "<\|endoftext\|>", expected id 256/,
    );
  });
});

describe('pre-tokenizers know letters, digits and spaces beyond ASCII', () => {
  const json = pieceTokenizerJson();
  const words = (preTokenizer: unknown, vocab: readonly string[], text: string): string[] => {
    const model = { type: 'WordPiece', unk_token: '?', continuing_subword_prefix: '##', max_input_chars_per_word: 99 };
    const ids = Object.fromEntries(['?', ...vocab].map((word, id) => [word, id]));
    const tokenizer = tokenizerFromJson({
      ...json,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: preTokenizer,
      model: { ...model, vocab: ids },
    });
    return tokenizer.encode(text).map((id) => ['?', ...vocab][id]);
  };
  it.each([
    ['Whitespace', { type: 'Whitespace' }, ['café', '!!'], 'café !!'],
    ['Digits', { type: 'Digits', individual_digits: true }, ['a', '²', '½', '٣'], 'a²½٣'],
    ['Digits together', { type: 'Digits', individual_digits: false }, ['a', '2²', 'b'], 'a2²b'],
    ['Punctuation', { type: 'Punctuation' }, ['a', '!', '?', '«'], 'a!?«'],
    ['Punctuation together', { type: 'Punctuation', behavior: 'Contiguous' }, ['a', '!?«'], 'a!?«'],
  ])('%s', (_, part, pieces, text) => {
    expect(words(part, pieces, text)).toEqual(pieces);
  });
  it.each(['MergedWithPrevious', 'MergedWithNext', 'Contiguous'])('%s is refused', (behavior) => {
    const split = { type: 'Split', pattern: { Regex: ' ' }, behavior, invert: false };
    expect(() => words(split, [], 'a')).toThrow(/Split: got .*Merged|Split: got .*Contiguous/);
  });
});

describe('a hostile tokenizer.json', () => {
  const json = byteTokenizerJson();
  const model = json['model'] as object;
  const vocab = (json['model'] as { vocab: object }).vocab;
  it.each([
    [
      'a template without its parts',
      { post_processor: { type: 'TemplateProcessing' } },
      /post_processor TemplateProcessing/,
    ],
    [
      'a template whose token has no id',
      {
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'constructor' } }, { Sequence: { id: 'A' } }],
        },
      },
      /special_tokens: got "constructor"/,
    ],
    [
      'an id of 2³¹',
      { model: { ...model, vocab: { ...vocab, toString: 2 ** 31 } } },
      /model\.vocab: "toString": got 2147483648/,
    ],
    ['a negative id', { model: { ...model, vocab: { ...vocab, x: -1 } } }, /model\.vocab: "x": got -1/],
    ['an id that is no number', { model: { ...model, vocab: { ...vocab, x: null } } }, /model\.vocab: "x": got null/],
    ['an added id of 2³¹', { added_tokens: [{ id: 2 ** 31, content: 'x' }] }, /added_tokens\[0\]\.id: got 2147483648/],
    ['an added token without text', { added_tokens: [{ id: 1, content: '' }] }, /added_tokens\[0\]\.content: got ""/],
    ['no merges', { model: { ...model, merges: undefined } }, /model\.merges: got nothing/],
    ['a merge of one', { model: { ...model, merges: ['ab'] } }, /model\.merges\[0\]: got "ab"/],
    ['merges of two forms', { model: { ...model, merges: ['a b', ['c', 'd']] } }, /model\.merges\[1\]/],
    ['no vocabulary', { model: { ...model, vocab: undefined } }, /model\.vocab: got nothing/],
    ['dropout', { model: { ...model, dropout: 0.1 } }, /model\.dropout: got 0\.1, expected no dropout/],
    [
      'a split without a pattern',
      { pre_tokenizer: { type: 'Split', behavior: 'Isolated' } },
      /Split: pattern: got nothing, expected a Regex or a String/,
    ],
    [
      'a regular expression that is none',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } },
      /tokenizer\.json/,
    ],
    [
      'a sequence without parts',
      { normalizer: { type: 'Sequence', normalizers: [7] } },
      /Sequence: normalizers\[0\]: got 7, expected an object/,
    ],
    ['a pre-tokenizer without a kind', { pre_tokenizer: {} }, /pre_tokenizer\.type: got nothing/],
    ['an unknown part', { normalizer: { type: 'Riddle' } }, /tokenizer\.json.*Riddle/],
  ])('with %s is refused', (_, change, message) => {
    expect(() => tokenizerFromJson({ ...json, ...change }).encode('Hello, 123')).toThrow(message);
  });

  it('whose regular expression never ends is refused in time', () => {
    const path = join(temporaryFolder(), 'tokenizer.json');
    const split = { type: 'Split', pattern: { Regex: '(?:a+)+$' }, behavior: 'Isolated', invert: false };
    writeFileSync(
      path,
      JSON.stringify({ ...json, pre_tokenizer: { type: 'Sequence', pretokenizers: [split, json['pre_tokenizer']] } }),
    );
    const tokenizer = readHuggingFaceTokenizer(path, undefined, 200);
    expect(tokenizer.encode('aa b')).toEqual([97, 97, 32, 98]);
    expect(() => tokenizer.encode(`${'a'.repeat(60)}b`)).toThrow(/regular expressions that end: 61 characters/);
  });
});
