import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import { readLlama2cTokenizer } from '../../../src/llm/tokenizer/llama2c.js';
import { loadTokenizer } from '../../../src/llm/tokenizer/load.js';
import { dataFile } from '../forgetting-data.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

/** A llama2.c tokenizer file: <unk>, BOS, EOS, the 256 bytes, then pieces with scores. */
function llama2cFile(name: string, pieces: readonly (readonly [string, number])[]): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const all = [...['<unk>', '\n<s>\n', '\n</s>\n', ...bytes].map((text) => [text, 0] as const), ...pieces];
  const longest = Buffer.alloc(4);
  longest.writeInt32LE(Math.max(...all.map(([text]) => Buffer.byteLength(text))));
  const entries = all.map(([text, score]) => {
    const head = Buffer.alloc(8);
    head.writeFloatLE(score);
    head.writeInt32LE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  });
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([longest, ...entries]));
  return path;
}

describe('a llama2.c tokenizer', () => {
  const path = llama2cFile('tok.bin', [
    [' ', -9],
    ['a', -9],
    ['b', -9],
    ['c', -9],
    ['ab', -2],
    ['bc', -1],
    ['é', -9],
    [' a', -3],
    ['abc', -4],
  ]);
  const tokenizer = readLlama2cTokenizer(path);
  const [space, a, b, , ab, bc, accented, spaceA, abc] = Array.from({ length: 9 }, (_, i) => 259 + i);

  it('begins with a space and merges the best score first', () => {
    // " abc": bc (−1) comes before ab (−2); then " a" (−3) before abc (−4), which leaves nothing to merge.
    expect(tokenizer.encode('abc')).toEqual([spaceA, bc]);
    expect(tokenizer.encode('babc')).toEqual([space, b, abc]);
    expect(tokenizer.encode('bab')).toEqual([space, b, ab]);
    expect(tokenizer.encode('aab')).toEqual([spaceA, ab]);
    expect(tokenizer.encode(' a')).toEqual([space, spaceA]);
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('takes the leftmost of equal scores', () => {
    const twins = readLlama2cTokenizer(
      llama2cFile('twins.bin', [
        ['x', -5],
        ['xx', -1],
      ]),
    );
    expect(twins.encode('xxx').slice(1)).toEqual([260, 259]);
  });

  it('falls back to the bytes of characters that are no token', () => {
    expect(tokenizer.encode('é€')).toEqual([space, accented, 3 + 0xe2, 3 + 0x82, 3 + 0xac]);
    expect(tokenizer.decode(tokenizer.encode('é€\n'))).toBe('é€\n');
  });

  it('decodes what it encodes, BOS and EOS left out', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'é', '漢', '😀', '\n') }), (text) => {
        expect(tokenizer.decode([1, ...tokenizer.encode(text), 2])).toBe(text);
      }),
    );
    expect(tokenizer).toMatchObject({ kind: 'llama2c', vocabularySize: 268, bosId: 1, eosId: 2, eosText: undefined });
    expect(tokenizer.decode([a])).toBe('a');
  });

  it('refuses a file that is cut off', () => {
    const cut = join(folder, 'cut.bin');
    writeFileSync(cut, readFileSync(path).subarray(0, -1));
    expect(() => readLlama2cTokenizer(cut)).toThrow(/cut\.bin.*a whole llama2\.c tokenizer/);
  });

  it('refuses a model with another vocabulary', () => {
    const model = join(folder, 'model.bin');
    writeFileSync(model, '');
    expect(() => loadTokenizer(model, 512, path)).toThrow(/268 tokens.*which has 512/);
    expect(loadTokenizer(model, 268, path).vocabularySize).toBe(268);
  });
});

describe('vocab.json and merges.txt of GPT-2', () => {
  const model = join(folder, 'gpt2');
  mkdirSync(model);
  const write = (name: string, content: unknown): void => {
    writeFileSync(join(model, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  // Ids 0–255 are the bytes in GPT-2's spelling (Ġ is the space); the first merge in the file goes first.
  const merges = ['h e', 'l l', 'Ġ w', 'he ll', 'o r', 'ĠW o', 'hell o', 'Ġw or'];
  const { model: bytes } = byteTokenizerJson() as { model: { vocab: Record<string, number> } };
  const { '<|endoftext|>': end, ...vocabulary } = bytes.vocab;
  merges.forEach((merge, i) => (vocabulary[merge.replace(' ', '')] = 256 + i));
  write('vocab.json', { ...vocabulary, '<|endoftext|>': 264 });
  write('merges.txt', `#version: 0.2\n${merges.join('\n')}\n`);
  const [he, , spaceW, hell, , , hello, spaceWor] = Array.from({ length: 8 }, (_, i) => 256 + i);

  it('are the tokenizer.json they amount to', () => {
    expect(end).toBe(256);
    const tokenizer = loadTokenizer(model, 265);
    expect(tokenizer).toMatchObject({ kind: 'huggingface', vocabularySize: 265, eosId: 264, eosText: '<|endoftext|>' });
    const code = (text: string) => [...Buffer.from(text)];
    expect(tokenizer.encode('hello world<|endoftext|>')).toEqual([hello, spaceWor, ...code('ld'), 264]);
    // Nothing is merged across what the pattern splits: the space belongs to the word after it, é is two bytes.
    expect(tokenizer.encode('hehell  wé')).toEqual([he, hell, 32, spaceW, ...code('é')]);
    expect(tokenizer.decode(tokenizer.encode("hello world's  hé\n"))).toBe("hello world's  hé\n");
  });

  it.each([
    ['another model', { 'config.json': { model_type: 'qwen2' } }, /merges\.txt of model_type \\?"qwen2/],
    ['another class', { 'tokenizer_config.json': { tokenizer_class: 'RobertaTokenizer' } }, /RobertaTokenizer/],
    ['more tokens', { 'added_tokens.json': { '<pad>': 265 } }, /added_tokens\.json/],
    ['a merge of three', { 'merges.txt': 'a b c\n' }, /merges\.txt: line 1: got "a b c", expected two tokens/],
  ])('are refused beside %s', (_, files, message) => {
    const before = readFileSync(join(model, 'merges.txt'), 'utf8');
    for (const [name, content] of Object.entries(files)) write(name, content);
    expect(() => loadTokenizer(model, 265)).toThrow(message);
    for (const name of Object.keys(files)) rmSync(join(model, name));
    write('merges.txt', before);
  });
});

describe('a tokenizer.json', () => {
  const path = join(folder, 'tokenizer.json');
  writeFileSync(path, JSON.stringify(byteTokenizerJson()));

  it('of bytes encodes UTF-8', () => {
    const tokenizer = readHuggingFaceTokenizer(path);
    const text = 'Hé\n 漢😀';
    expect(tokenizer.encode(text)).toEqual([...Buffer.from(text)]);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer.encode('a<|endoftext|>')).toEqual([97, 256]);
    expect(tokenizer).toMatchObject({ kind: 'huggingface', vocabularySize: 257, eosId: 256, eosText: '<|endoftext|>' });
  });

  it('may leave rows of the embedding unused, and lack them for tokens that do not occur', () => {
    expect(loadTokenizer(folder, 260).vocabularySize).toBe(257);
    const short = loadTokenizer(folder, 256);
    expect(short.encode('any byte \u00ff')).toHaveLength(11);
    expect(short.eosId).toBeUndefined();
    expect(() => short.encode('ends<|endoftext|>')).toThrow(/tokenizer\.json: got "token 256", expected ids below 256/);
  });

  it('is refused when it is not one', () => {
    const bad = join(folder, 'bad.json');
    for (const text of ['{}', '{"model": {"type": "BPE"', '[]', '{"model": {"type": "Riddle"}}']) {
      writeFileSync(bad, text);
      expect(() => readHuggingFaceTokenizer(bad), text).toThrow(/bad\.json/);
    }
  });

  it.skipIf(dataFile('tokenizers/20B_tokenizer.json') === undefined)('of Pythia gives its known tokens', () => {
    const tokenizer = readHuggingFaceTokenizer(dataFile('tokenizers/20B_tokenizer.json') ?? '');
    expect(tokenizer.encode('Hello world')).toEqual([12092, 1533]);
    expect(tokenizer.decode([12092, 1533, 0])).toBe('Hello world');
    expect(tokenizer).toMatchObject({ vocabularySize: 50277, eosId: 0, eosText: '<|endoftext|>' });
  });
});
