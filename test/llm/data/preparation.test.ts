import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preparePreference, readPreferences } from '../../../src/llm/data/preferences.js';
import { readRecords, type DataRecord } from '../../../src/llm/data/records.js';
import { responseTokens } from '../../../src/llm/data/sequence.js';
import { prepareSft, readSft } from '../../../src/llm/data/sft.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import { readLlama2cTokenizer } from '../../../src/llm/tokenizer/llama2c.js';
import { dataFile } from '../forgetting-data.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(byteTokenizerJson()));
const bytes = readHuggingFaceTokenizer(join(folder, 'tokenizer.json'));
const [space, newline, eos] = [32, 10, 256];

function record(fields: Record<string, unknown>): DataRecord {
  return { index: 3, place: 'hand.jsonl:4', fields };
}
const ascii = (text: string): number[] => Array.from(Buffer.from(text));

describe('SFT records, with a tokenizer of bytes', () => {
  it('puts the instruction into the template and ends with a space and EOS', () => {
    const example = prepareSft(record({ instruction: 'Hi', output: 'Yo' }), bytes, { maximumLength: 64 });
    expect(example?.index).toBe(3);
    expect(example?.sequence.promptLength).toBe('User: Hi\nAssistant: '.length);
    expect(Array.from(example?.sequence.ids ?? [])).toEqual([...ascii('User: Hi\nAssistant: Yo'), space, eos]);
    expect(example && responseTokens(example.sequence)).toBe(4);
  });

  it('leaves braces as they are', () => {
    const example = prepareSft(record({ instruction: '{}{0}', output: '{x}' }), bytes, { maximumLength: 64 });
    const text = 'User: {}{0}\nAssistant: {x}';
    expect(Array.from(example?.sequence.ids ?? [])).toEqual([...ascii(text), space, eos]);
  });

  it('strips trailing newlines only, and does not repeat an EOS that the text ends with', () => {
    const stripped = prepareSft(record({ instruction: 'a', output: 'b \n\n' }), bytes, { maximumLength: 64 });
    expect(Array.from(stripped?.sequence.ids ?? []).slice(-3)).toEqual([space, space, eos]);
    const ended = prepareSft(record({ instruction: 'a', output: 'b<|endoftext|>\n' }), bytes, { maximumLength: 64 });
    expect(Array.from(ended?.sequence.ids ?? []).slice(-2)).toEqual([98, eos]);
  });

  it('cuts to the maximum length and overwrites the last token with EOS', () => {
    const example = prepareSft(record({ instruction: 'Hi', output: 'abcdefgh' }), bytes, { maximumLength: 24 });
    expect(Array.from(example?.sequence.ids ?? [])).toEqual([...ascii('User: Hi\nAssistant: abc'), eos]);
  });

  it('drops a prompt of maximum length − 2 tokens or more, an empty instruction and an empty output', () => {
    const prompt = 'User: Hi\nAssistant: '.length;
    const fields = { instruction: 'Hi', output: 'Yo' };
    expect(prepareSft(record(fields), bytes, { maximumLength: prompt + 2 })).toBeUndefined();
    expect(prepareSft(record(fields), bytes, { maximumLength: prompt + 3 })).toBeDefined();
    expect(prepareSft(record({ ...fields, instruction: '' }), bytes, { maximumLength: 64 })).toBeUndefined();
    expect(prepareSft(record({ ...fields, output: '' }), bytes, { maximumLength: 64 })).toBeUndefined();
  });

  it('reads the input field only where it is asked to', () => {
    const fields = { instruction: 'Add', input: '1, 2', output: '3' };
    const without = prepareSft(record(fields), bytes, { maximumLength: 64 });
    expect(without?.sequence.promptLength).toBe('User: Add\nAssistant: '.length);
    const settings = { maximumLength: 64, inputField: true };
    const added = prepareSft(record(fields), bytes, settings);
    expect(Array.from(added?.sequence.ids ?? [])).toEqual([...ascii('User: Add\n1, 2\nAssistant: 3'), space, eos]);
    const empty = prepareSft(record({ ...fields, input: '' }), bytes, settings);
    expect(empty?.sequence.promptLength).toBe(without?.sequence.promptLength);
  });
});

describe('preference records, with a tokenizer of bytes', () => {
  it('takes the prompt as it is, without a template', () => {
    const fields = { prompt: '\n\nHuman: q\n\nAssistant:', chosen: ' A\n', rejected: '' };
    const pair = preparePreference(record(fields), bytes, { maximumLength: 64 });
    const prompt = [newline, newline, ...ascii('Human: q'), newline, newline, ...ascii('Assistant:')];
    expect(Array.from(pair?.chosen.ids ?? [])).toEqual([...prompt, ...ascii(' A'), space, eos]);
    expect(Array.from(pair?.rejected.ids ?? [])).toEqual([...prompt, space, eos]);
    expect([pair?.chosen.promptLength, pair?.rejected.promptLength]).toEqual([prompt.length, prompt.length]);
  });

  it('strips newlines of the prompt too where the reply is nothing but newlines', () => {
    const fields = { prompt: 'ab\n\n', chosen: '\n', rejected: 'c' };
    const pair = preparePreference(record(fields), bytes, { maximumLength: 64 });
    // "ab" + " " + EOS: four tokens for a prompt of four, so that nothing is left to predict.
    expect(pair).toBeUndefined();
  });

  it('drops a prompt of maximum length − 2 tokens or more, whatever the replies', () => {
    const fields = { prompt: 'abcd', chosen: '', rejected: '' };
    expect(preparePreference(record(fields), bytes, { maximumLength: 6 })).toBeUndefined();
    expect(preparePreference(record(fields), bytes, { maximumLength: 7 })).toBeDefined();
  });

  it('never predicts the first token of an empty prompt', () => {
    const pair = preparePreference(record({ prompt: '', chosen: 'a', rejected: 'b' }), bytes, { maximumLength: 8 });
    expect(pair?.chosen.promptLength).toBe(0);
    expect(pair && responseTokens(pair.chosen)).toBe(2);
  });
});

describe('files', () => {
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('numbers records from 0, over blank lines, and names lines from 1', async () => {
    const records = await readRecords(write('blank.jsonl', '{"a":1}\n\n{"a":2}\r\n'));
    expect(records.map(({ index, place }) => [index, place.split(':').at(-1)])).toEqual([
      [0, '1'],
      [1, '3'],
    ]);
  });

  it.each([
    ['nothing', '', /nothing\.jsonl: got "no records"/],
    [
      'broken',
      '{"instruction":"a","output":"b"}\n{"instr',
      /broken\.jsonl:2: got "\{\\"instr", expected a JSON object/,
    ],
    ['list', '[1]\n', /list\.jsonl: record 1: got 1, expected a JSON object/],
    ['lacking', '{"instruction":"a"}\n', /lacking\.jsonl:1: output: got nothing, expected a string/],
    ['number', '{"instruction":3,"output":"b"}\n', /number\.jsonl:1: instruction: got 3, expected a string/],
    ['long', `${JSON.stringify({ instruction: 'x'.repeat(90), output: 'b' })}\n`, /every record dropped/],
  ])('refuses %s', async (name, content, message) => {
    await expect(readSft(write(`${name}.jsonl`, content), bytes, { maximumLength: 64 })).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    const missing = readPreferences(join(folder, 'missing.jsonl'), bytes, { maximumLength: 64 });
    await expect(missing).rejects.toThrow(/missing\.jsonl: got "no such file"/);
  });
});

describe('the GPT-NeoX tokenizer', () => {
  const path = dataFile('tokenizers/20B_tokenizer.json');

  it.skipIf(path === undefined)("masks the reply's first word, which the template's space merges into", () => {
    const tokenizer = readHuggingFaceTokenizer(path ?? '');
    const fields = { instruction: 'Say hi', output: 'Hello there\n' };
    const example = prepareSft(record(fields), tokenizer, { maximumLength: 64 });
    // "User", ":", " Say", " hi", "\n", "Ass", "istant", ":" and then " " alone, but " Hello" in the whole text.
    const prompt = [6989, 27, 21882, 14260, 187, 6717, 5567, 27];
    expect(Array.from(example?.sequence.ids ?? [])).toEqual([...prompt, 24387, 627, 209, 0]);
    expect(example?.sequence.promptLength).toBe(9);
    expect(example && responseTokens(example.sequence)).toBe(3);
  });

  it.skipIf(path === undefined)('prepares hh-harmless and Alpaca, every example within the rules', async () => {
    const tokenizer = readHuggingFaceTokenizer(path ?? '');
    const maximumLength = 128;
    const sft = await readSft(dataFile('sft/alpaca.test.jsonl') ?? '', tokenizer, { maximumLength });
    const pairs = await readPreferences(dataFile('preferences/hh-harmless.test.jsonl') ?? '', tokenizer, {
      maximumLength,
    });
    expect(sft.examples.length + sft.dropped).toBe(300);
    expect(pairs.examples.length + pairs.dropped).toBe(268);
    const sequences = [
      ...sft.examples.map(({ sequence }) => sequence),
      ...pairs.examples.flatMap((p) => [p.chosen, p.rejected]),
    ];
    for (const { ids, promptLength } of sequences) {
      expect(ids.length).toBeLessThanOrEqual(maximumLength);
      expect(promptLength).toBeLessThan(maximumLength - 2);
      expect(ids.at(-1)).toBe(tokenizer.eosId);
      if (ids.length < maximumLength) expect(ids.at(-2)).toBe(209);
    }
  });
});

describe('a llama2.c tokenizer', () => {
  const path = dataFile('models/stories260K/tok512.bin');

  it.skipIf(path === undefined)('puts BOS before and EOS after the encoded text, and no EOS as text', () => {
    const tokenizer = readLlama2cTokenizer(path ?? '');
    const fields = { prompt: 'Lily', chosen: ' ran', rejected: 'é' };
    const pair = preparePreference(record(fields), tokenizer, { maximumLength: 64 });
    // " Lily" is one token; " ran" is " r" and "an"; "é" is a token of its own.
    expect(Array.from(pair?.chosen.ids ?? [])).toEqual([1, 317, 352, 303, 2]);
    expect(Array.from(pair?.rejected.ids ?? [])).toEqual([1, 317, 485, 2]);
    expect(pair?.chosen.promptLength).toBe(2);
    expect(preparePreference(record(fields), tokenizer, { maximumLength: 4 })).toBeUndefined();
    const longer = { ...fields, chosen: ' ran ran ran' };
    const cut = preparePreference(record(longer), tokenizer, { maximumLength: 5 });
    expect(Array.from(cut?.chosen.ids ?? [])).toEqual([1, 317, 352, 303, 2]);
  });
});
