import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { summaryLines, type PreparationSettings, type Prepared } from '../../../src/llm/data/prepared.js';
import type { DataPaths } from '../../../src/llm/data/records.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { tokenizerFromJson } from '../../../src/llm/tokenizer/from-json.js';
import { digestOfSequences } from '../../../src/llm/train/reference.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeLines } from '../toy.js';

const folder = temporaryFolder();
const bytes = tokenizerFromJson(byteTokenizerJson());
const at = (name: string): string => join(folder, name);
const sized = { maximumLength: 200 };

type Settings = Omit<PreparationSettings, 'maximumLength'>;
type Content = { readonly role: string; readonly content: string }[];
const turns = (...contents: readonly string[]): Content =>
  contents.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }));

/** What the sequences of some files are. */
async function sftOf(paths: DataPaths, settings: Settings = {}): Promise<{ digest: string; lines: string[] }> {
  const prepared = await readSft(paths, bytes, { ...sized, ...settings });
  const digest = digestOfSequences(prepared.examples.map(({ sequence }) => sequence));
  return { digest, lines: summaryLines('sft', prepared.summary) };
}

async function preferencesOf(paths: DataPaths, settings: Settings = {}): Promise<{ digest: string; lines: string[] }> {
  const prepared = await readPreferences(paths, bytes, { ...sized, ...settings });
  const digest = digestOfSequences(prepared.examples.flatMap(({ chosen, rejected }) => [chosen, rejected]));
  return { digest, lines: summaryLines('preferences', prepared.summary) };
}

const instructions = [
  { instruction: 'Add 1 and 2', output: '3\n' },
  { instruction: 'Name a colour, {please}', output: 'Red, é, "quoted"' },
  { instruction: 'Count', output: 'one\n\ntwo' },
];
const plainSft = await sftOf(writeLines(at('plain.jsonl'), instructions));

describe('SFT records have the tokens of their plain form', () => {
  const renamed = (prompt: string, response: string): object[] =>
    instructions.map(({ instruction, output }) => ({ id: 7, [prompt]: instruction, [response]: output }));
  const conversations = instructions.map(({ instruction, output }) => ({ messages: turns(instruction, output) }));

  it.each<[string, object[], Settings, string]>([
    ['prompt and completion', renamed('prompt', 'completion'), {}, 'completion (prompt, completion)'],
    [
      'fields of other names',
      renamed('question', 'answer'),
      { fields: { prompt: 'question', response: 'answer' } },
      'instruction (question, answer, input)',
    ],
    [
      'null and empty input fields',
      instructions.map((record, i) => ({ ...record, input: [null, '', undefined][i] })),
      { inputField: true },
      'instruction (instruction, output, input)',
    ],
    ['messages', conversations, { template: 'published' }, 'messages (messages)'],
    [
      'prompt and completion in turns',
      instructions.map(({ instruction, output }) => {
        const [prompt, completion] = turns(instruction, output);
        return { prompt: [prompt], completion: [completion] };
      }),
      { template: 'published' },
      'conversation-completion (prompt, completion)',
    ],
    [
      'a format that is given, where others fit too',
      instructions.map((record) => ({ ...record, messages: turns('not', 'this') })),
      { format: 'instruction' },
      'instruction (instruction, output, input)',
    ],
    ['a template of text', renamed('prompt', 'completion'), { template: 'User: {prompt}\nAssistant: ' }, 'completion'],
    [
      'no template around prompts that have it',
      instructions.map(({ instruction, output }) => ({
        prompt: `User: ${instruction}\nAssistant: `,
        completion: output,
      })),
      { template: 'none' },
      'completion',
    ],
  ])('%s', async (name, records, settings, form) => {
    const { digest, lines } = await sftOf(writeLines(at(`${name}.jsonl`), records), settings);
    expect(digest).toBe(plainSft.digest);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`sft: 3 records of form ${form}`);
  });

  it('in a JSON array, compressed, in Parquet, in several files, a folder and a pattern', async () => {
    const lines = instructions.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(at('array.json'), JSON.stringify(instructions, null, 2));
    writeFileSync(at('lines.jsonl.gz'), gzipSync(lines.join('')));
    writeFileSync(at('array.json.gz'), gzipSync(JSON.stringify(instructions)));
    // In two members, as concatenated files are.
    writeFileSync(at('parts.jsonl.gz'), Buffer.concat(lines.map((line) => gzipSync(line))));
    const column = (name: 'instruction' | 'output') => instructions.map((record) => record[name]);
    parquetWriteFile({
      filename: at('table.parquet'),
      columnData: [
        { name: 'instruction', data: column('instruction') },
        { name: 'output', data: column('output') },
      ],
    });
    mkdirSync(at('parts/deep'), { recursive: true });
    writeFileSync(at('parts/a-00000.jsonl'), lines[0]);
    writeFileSync(at('parts/a-00001.json'), `[${lines[1]}]`);
    writeFileSync(at('parts/deep/b.jsonl.gz'), gzipSync(lines[2]));
    writeFileSync(at('parts/dataset_info.json'), '{"splits":{}}');
    writeFileSync(at('parts/README.md'), 'no data');
    for (const paths of [
      at('array.json'),
      at('lines.jsonl.gz'),
      at('array.json.gz'),
      at('parts.jsonl.gz'),
      at('table.parquet'),
      at('parts'),
      at('parts/**/{a-*,b*}'),
      [at('parts/a-00000.jsonl'), at('parts/a-*1.json'), at('parts/deep')],
    ]) {
      expect([paths, (await sftOf(paths)).digest]).toEqual([paths, plainSft.digest]);
    }
    // Each file has its own form, which is said.
    const completion = { prompt: instructions[1].instruction, completion: instructions[1].output };
    writeLines(at('other.jsonl'), [completion]);
    const mixed = await sftOf([at('parts/a-00000.jsonl'), at('other.jsonl'), at('parts/deep')]);
    expect(mixed.digest).toBe(plainSft.digest);
    expect(mixed.lines[0]).toContain(
      'form instruction (instruction, output, input) and completion (prompt, completion)',
    );
    const backwards = await readSft([at('parts/deep'), at('parts/a-00000.jsonl')], bytes, sized);
    expect(backwards.examples.map(({ index }) => index)).toEqual([0, 1]);
    expect((await sftOf([at('parts/deep'), at('parts/a-*')])).digest).not.toBe(plainSft.digest);
  });
});

describe('preference records have the tokens of their plain form', () => {
  const dialogues = [
    { prompt: '\n\nHuman: Hi\n\nAssistant:', chosen: ' Hello', rejected: ' Help yourself' },
    { prompt: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c é\n\nAssistant:', chosen: ' Yes, I can', rejected: ' Yes, no' },
  ];
  const [one, two] = [turns('Hi'), turns('a', 'b', 'c é')];
  const reply = (content: string): Content => [{ role: 'assistant', content }];
  const chosen = [reply('Hello'), reply('Yes, I can')];
  const rejected = [reply('Help yourself'), reply('Yes, no')];
  const prompts = [one, two];
  const implicit = prompts.map((prompt, i) => ({
    chosen: [...prompt, ...chosen[i]],
    rejected: [...prompt, ...rejected[i]],
  }));
  const published = { template: 'published' };

  it.each<[string, object[], Settings, string]>([
    [
      'implicit prompts in text',
      dialogues.map((d) => ({ chosen: d.prompt + d.chosen, rejected: d.prompt + d.rejected })),
      {},
      'implicit (chosen, rejected), prompts that end after the last "\\n\\nAssistant:" (2), template published',
    ],
    [
      'fields of other names',
      dialogues.map((d) => ({ q: d.prompt, good: d.chosen, bad: d.rejected })),
      { fields: { prompt: 'q', chosen: 'good', rejected: 'bad' } },
      'prompt (q, good, bad)',
    ],
    [
      'turns',
      prompts.map((prompt, i) => ({ prompt, chosen: chosen[i], rejected: rejected[i] })),
      published,
      'conversation-prompt (prompt, chosen, rejected)',
    ],
    ['implicit prompts in turns', implicit, published, 'conversation-implicit (chosen, rejected)'],
    [
      'conversations beside the text of their prompt',
      implicit.map((record, i) => ({ prompt: ['Hi', 'a'][i], ...record })),
      published,
      'conversation-prompt (prompt, chosen, rejected)',
    ],
  ])('%s', async (name, records, settings, form) => {
    const plain = await preferencesOf(writeLines(at('dialogues.jsonl'), dialogues));
    const { digest, lines } = await preferencesOf(writeLines(at(`${name}.jsonl`), records), settings);
    expect(digest).toBe(plain.digest);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`preferences: 2 records of form ${form}`);
  });

  it('a Parquet column with lists of structs', async () => {
    const plain = await preferencesOf(writeLines(at('dialogues.jsonl'), dialogues));
    const list = (name: string) => [
      { name, repetition_type: 'OPTIONAL' as const, num_children: 1, converted_type: 'LIST' as const },
      { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL' as const, num_children: 2 },
      ...['content', 'role'].map((field) => ({
        name: field,
        type: 'BYTE_ARRAY' as const,
        converted_type: 'UTF8' as const,
        repetition_type: 'OPTIONAL' as const,
      })),
    ];
    parquetWriteFile({
      filename: at('conversations.parquet'),
      schema: [{ name: 'root', num_children: 2 }, ...list('chosen'), ...list('rejected')],
      columnData: [
        { name: 'chosen', data: implicit.map((record) => record.chosen) },
        { name: 'rejected', data: implicit.map((record) => record.rejected) },
      ],
    });
    expect((await preferencesOf(at('conversations.parquet'), published)).digest).toBe(plain.digest);
  });

  it('without a role marker in the common beginning, the prompt ends at its last whitespace', async () => {
    const path = writeLines(at('spaces.jsonl'), [
      { chosen: 'Two and two make four', rejected: 'Two and two make five' },
      { chosen: 'ab', rejected: 'ac' },
    ]);
    const plain = writeLines(at('spaces-plain.jsonl'), [
      { prompt: 'Two and two make', chosen: ' four', rejected: ' five' },
      { prompt: '', chosen: 'ab', rejected: 'ac' },
    ]);
    const { digest, lines } = await preferencesOf(path);
    expect(digest).toBe((await preferencesOf(plain)).digest);
    expect(lines[0]).toContain('prompts that end at the last whitespace (2)');
  });
});

describe('what is legal and suspicious is counted', () => {
  it('in preferences', async () => {
    const path = writeLines(at('suspicious.jsonl'), [
      { prompt: 'a', chosen: 'b', rejected: 'b' },
      { prompt: 'a b', chosen: 'a b c', rejected: 'd' },
      { prompt: 'x'.repeat(300), chosen: 'b', rejected: 'c' },
      { prompt: 'ab\n\n', chosen: '\n', rejected: 'c' },
      { prompt: 'a', chosen: 'y'.repeat(250), rejected: 'c' },
      // Cut to the same, and apart in white space that the preparation takes away.
      { prompt: 'a', chosen: `${'y'.repeat(250)}1`, rejected: `${'y'.repeat(250)}2` },
      { prompt: 'a', chosen: 'b', rejected: 'b\n' },
    ]);
    const { lines } = await preferencesOf(path);
    expect(lines).toEqual([
      'preferences: 7 records of form prompt (prompt, chosen, rejected), template published',
      'warning: preferences: 1 of 7 records dropped: a prompt of max-length − 2 tokens or more',
      'warning: preferences: 1 of 7 records dropped: a reply without a token behind its prompt',
      'warning: preferences: 1 of 7 records: chosen equals rejected',
      'warning: preferences: 1 of 7 records: chosen begins with the prompt',
      'warning: preferences: 2 of 7 records: a reply cut by max-length',
      'warning: preferences: 2 of 7 records: chosen and rejected of the same tokens',
    ]);
  });

  it('in SFT data', async () => {
    const path = writeLines(at('suspicious-sft.jsonl'), [
      { instruction: 'a', input: 'more', output: 'b' },
      { instruction: '', output: 'b' },
      { instruction: 'a', output: 'y'.repeat(250) },
    ]);
    const { lines } = await sftOf(path);
    expect(lines.slice(1)).toEqual([
      'warning: sft: 1 of 3 records dropped: an empty instruction or output',
      'warning: sft: 1 of 3 records: an input that is not read; --input-field adds it to the prompt',
      'warning: sft: 1 of 3 records: a reply cut by max-length',
    ]);
  });

  it('as a weight that would be another loss', async () => {
    const [user, assistant] = turns('a', 'b');
    const path = writeLines(at('weights.jsonl'), [
      { messages: [user, { ...assistant, weight: 0 }] },
      { messages: [user, assistant], weight: 0.5, source: 'a' },
      { messages: [user, { ...assistant, weight: 1 }], weight: 1 },
      { messages: [user, { ...assistant, weight: null }], weight: null },
    ]);
    const said = (name: string, of: string): string =>
      `warning: ${name}: ${of} records: a weight other than 1, which the loss does not apply`;
    const { lines } = await sftOf(path, { template: 'published' });
    expect(lines.slice(1)).toEqual([said('sft', '2 of 4')]);
    // Where it is the field that a text is read from, it is no weight.
    const pairs = writeLines(at('weight-pairs.jsonl'), [{ weight: 'a', chosen: 'b', rejected: 'c' }]);
    expect((await preferencesOf(pairs, { fields: { prompt: 'weight' } })).lines).toHaveLength(1);
    const weighted = writeLines(at('weighted-pairs.jsonl'), [{ prompt: 'a', chosen: 'b', rejected: 'c', weight: 2 }]);
    expect((await preferencesOf(weighted)).lines.slice(1)).toEqual([said('preferences', '1 of 1')]);
  });
});

describe('refusals', () => {
  const refused = async (read: Promise<Prepared<unknown>>, message: RegExp): Promise<void> => {
    await expect(read).rejects.toThrow(message);
  };
  const sft = (name: string, records: readonly object[], settings: Settings = {}) =>
    readSft(writeLines(at(name), records), bytes, { ...sized, ...settings });
  const preferences = (name: string, records: readonly object[], settings: Settings = {}) =>
    readPreferences(writeLines(at(name), records), bytes, { ...sized, ...settings });

  it('name the record and what was expected', async () => {
    await refused(
      sft('r1.jsonl', [{ text: 'a' }]),
      /r1\.jsonl:1: got \["text"\], expected the fields of one of messages/,
    );
    await refused(
      sft('r2.jsonl', [{ messages: [{ from: 'human', value: 'a' }] }], { template: 'published' }),
      /r2\.jsonl:1: messages\[0\]\.role: got nothing, expected "system", "user" or "assistant"/,
    );
    const typed = [{ role: 'user', content: [{ type: 'image' }] }];
    await refused(sft('r3.jsonl', [{ messages: typed }], { template: 'published' }), /messages\[0\]\.content: got/);
    const system = [{ role: 'system', content: 's' }, ...turns('a', 'b')];
    await refused(
      sft('r4.jsonl', [{ messages: system }], { template: 'published' }),
      /r4\.jsonl:1: got "turns of system, user, assistant", expected one of user and one of assistant/,
    );
    await refused(
      preferences('r5.jsonl', [{ chosen: turns('a', 'b'), rejected: turns('c', 'b') }], { template: 'published' }),
      /r5\.jsonl:1: chosen\[0\]: got "user", expected conversations that part at a turn of the assistant/,
    );
    await refused(
      preferences('r6.jsonl', [{ prompt: 'other', chosen: turns('a', 'b'), rejected: turns('a', 'c') }], {
        template: 'published',
      }),
      /r6\.jsonl:1: prompt: got "other", expected a turn that chosen and rejected begin with/,
    );
    // The form is that of the first record.
    await refused(
      sft('r7.jsonl', [instructions[0], { messages: turns('a', 'b') }]),
      /r7\.jsonl:2: instruction: got nothing, expected a string/,
    );
  });

  it('name the option', async () => {
    const records = [instructions[0]];
    await refused(sft('o.jsonl', records, { format: 'alpaca' }), /^sft-format: got "alpaca", expected messages, instr/);
    await refused(sft('o.jsonl', records, { fields: { text: 'a' } }), /^sft-fields: got \{"text":"a"\}/);
    await refused(sft('o.jsonl', records, { template: 'chatml' }), /^template: got "chatml", expected published, none/);
    await refused(sft('o.jsonl', records, { template: 'chat' }), /^template: got "chat", expected tokenizer_config/);
    const conversations = [{ messages: turns('a', 'b') }];
    await refused(sft('c.jsonl', conversations), /^template: got "the records are conversations, and the model has no/);
    await refused(sft('o.jsonl', records, { template: at('none.jinja') }), /none\.jinja: got "no such file"/);
  });

  it('name the file', async () => {
    writeFileSync(at('cut.jsonl.gz'), gzipSync('{"instruction":"a","output":"b"}\n').subarray(0, 30));
    await refused(readSft(at('cut.jsonl.gz'), bytes, sized), /cut\.jsonl\.gz: got "unexpected end of file"/);
    writeFileSync(at('cut.json'), '[{"instruction":"a"');
    await refused(readSft(at('cut.json'), bytes, sized), /cut\.json: got ".*", expected a whole JSON array of objects/);
    await refused(readSft(at('no-*.jsonl'), bytes, sized), /no-\*\.jsonl: got "no file", expected a pattern of files/);
    mkdirSync(at('split'));
    await refused(readSft(at('split'), bytes, sized), /split: got "no data file", expected JSONL, JSON or Parquet/);
    for (const name of ['train', 'test']) writeLines(at(`split/${name}-00000.jsonl`), instructions);
    await refused(
      readSft(at('split'), bytes, sized),
      /split: got "train-00000\.jsonl and test-00000\.jsonl", expected files of one kind: a pattern such as/,
    );
    expect((await sftOf(at('split/**/*train*'))).digest).toBe(plainSft.digest);
  });
});
