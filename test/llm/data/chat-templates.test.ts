import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { summaryLines } from '../../../src/llm/data/prepared.js';
import { predictedSpans, type Sequence } from '../../../src/llm/data/sequence.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { tokenBatch } from '../../../src/llm/data/batch.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import type { Tokenizer } from '../../../src/llm/tokenizer/tokenizer.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeLines } from '../toy.js';

const folder = temporaryFolder();
const sized = { maximumLength: 400 };

/** A model family: its special tokens, its template, and what a conversation becomes; what is trained is in ‹›. */
interface Family {
  readonly special: readonly string[];
  readonly bos?: string;
  readonly eos: string;
  readonly template: string;
  readonly rendered: string;
}

const families: Readonly<Record<string, Family>> = {
  chatml: {
    special: ['<|im_start|>', '<|im_end|>'],
    eos: '<|im_end|>',
    template: [
      "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nHelp.<|im_end|>\\n' }}{% endif %}",
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] }}",
      "{{ '<|im_end|>\\n' }}{% endfor %}",
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    ].join(''),
    rendered: [
      '<|im_start|>system\nHelp.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n‹Hello!<|im_end|>\n›',
      '<|im_start|>user\nBye?<|im_end|>\n<|im_start|>assistant\n‹Bye é.<|im_end|>\n›',
    ].join(''),
  },
  'llama 3': {
    special: ['<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    bos: '<|begin_of_text|>',
    eos: '<|eot_id|>',
    // Its date is that of every day.
    template: [
      '{{- bos_token }}',
      '{%- if date_string is not defined %}',
      '    {%- set date_string = strftime_now("%d %b %Y") %}',
      '{%- endif %}',
      "{{- '<|start_header_id|>system<|end_header_id|>\\n\\nToday: ' + date_string + '<|eot_id|>' }}",
      '{%- for message in messages %}',
      "    {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' }}",
      '{%- endfor %}',
      '{%- if add_generation_prompt %}',
      "    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}",
      '{%- endif %}',
    ].join('\n'),
    rendered: [
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul 2024<|eot_id|>',
      '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>',
      '<|start_header_id|>assistant<|end_header_id|>\n\n‹Hello!<|eot_id|>›',
      '<|start_header_id|>user<|end_header_id|>\n\nBye?<|eot_id|>',
      '<|start_header_id|>assistant<|end_header_id|>\n\n‹Bye é.<|eot_id|>›',
    ].join(''),
  },
  'llama 2 and mistral': {
    special: ['<s>', '</s>'],
    bos: '<s>',
    eos: '</s>',
    template: [
      '{{ bos_token }}{% for message in messages %}',
      "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}",
      "{{ raise_exception('Roles must alternate') }}{% endif %}",
      "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}",
      "{% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}",
    ].join(''),
    rendered: '<s>[INST] Hi [/INST]‹ Hello!</s>›[INST] Bye? [/INST]‹ Bye é.</s>›',
  },
  gemma: {
    special: ['<bos>', '<start_of_turn>', '<end_of_turn>'],
    bos: '<bos>',
    eos: '<end_of_turn>',
    template: [
      "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}",
      "{% else %}{% set role = message['role'] %}{% endif %}",
      "{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}",
      "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}",
    ].join(''),
    rendered: [
      '<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n‹Hello!<end_of_turn>\n›',
      '<start_of_turn>user\nBye?<end_of_turn>\n<start_of_turn>model\n‹Bye é.<end_of_turn>\n›',
    ].join(''),
  },
  zephyr: {
    special: ['</s>'],
    eos: '</s>',
    // Blocks and what stands before them on their lines are trimmed, as transformers does.
    template: [
      '{% for message in messages %}',
      "  {% if message['role'] == 'user' %}",
      "{{ '<|user|>\\n' + message['content'] + eos_token }}",
      "  {% elif message['role'] == 'assistant' %}",
      "{{ '<|assistant|>\\n' + message['content'] + eos_token }}",
      '  {% endif %}',
      '  {% if loop.last and add_generation_prompt %}',
      "{{ '<|assistant|>' }}",
      '  {% endif %}',
      '{% endfor %}',
    ].join('\n'),
    rendered: [
      '<|user|>\nHi</s>\n<|assistant|>\n‹Hello!</s>\n›',
      '<|user|>\nBye?</s>\n<|assistant|>\n‹Bye é.</s>\n›',
    ].join(''),
  },
};

const vocabulary = readHuggingFaceTokenizer(plainTokenizer()).vocabularySize;

function plainTokenizer(): string {
  const path = join(folder, 'tokenizer.json');
  writeFileSync(path, JSON.stringify(byteTokenizerJson()));
  return path;
}

/** The tokenizer of a family's folder: its vocabulary are bytes and the family's special tokens. */
function tokenizerOf(name: string, { special, bos, eos, template }: Family, where: 'config' | 'file'): Tokenizer {
  const at = join(folder, `${name} ${where}`);
  mkdirSync(at);
  const json = byteTokenizerJson() as { added_tokens: object[] };
  const added = special.map((content, i) => ({
    ...{ id: vocabulary + i, content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: true },
  }));
  const addedTokens = [...json.added_tokens, ...added];
  writeFileSync(join(at, 'tokenizer.json'), JSON.stringify({ ...json, added_tokens: addedTokens }));
  const tokens = { eos_token: { content: eos }, ...(bos !== undefined && { bos_token: bos, add_bos_token: true }) };
  const inConfig = [
    { name: 'tool_use', template: 'wrong' },
    { name: 'default', template },
  ];
  const other = where === 'file' ? 'wrong' : inConfig;
  writeFileSync(join(at, 'tokenizer_config.json'), JSON.stringify({ ...tokens, chat_template: other }));
  if (where === 'file') writeFileSync(join(at, 'chat_template.jinja'), template);
  return readHuggingFaceTokenizer(join(at, 'tokenizer.json'));
}

/** Ids and the trained ones among them of a text with ‹› around what is trained. */
function expected(rendered: string, special: readonly string[]): { ids: number[]; trained: number[] } {
  const [ids, trained]: number[][] = [[], []];
  let inside = false;
  for (let rest = rendered; rest !== '';) {
    const token = special.findIndex((text) => rest.startsWith(text));
    const piece = token < 0 ? String.fromCodePoint(rest.codePointAt(0) ?? 0) : special[token];
    rest = rest.slice(piece.length);
    if (piece === '‹' || piece === '›') inside = piece === '‹';
    else {
      const own = token < 0 ? [...Buffer.from(piece)] : [vocabulary + token];
      if (inside) trained.push(...own.map((_, i) => ids.length + i));
      ids.push(...own);
    }
  }
  return { ids, trained };
}

const trainedOf = (sequence: Sequence): number[] =>
  predictedSpans(sequence).flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

const messages = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello!' },
  { role: 'user', content: 'Bye?' },
  { role: 'assistant', content: 'Bye é.' },
];

describe.each(Object.entries(families))('%s', (name, family) => {
  const tokenizer = tokenizerOf(name, family, 'config');
  const full = expected(family.rendered, family.special);
  const data = writeLines(join(folder, 'messages.jsonl'), [{ messages }]);

  it("trains every turn of the assistant's and nothing else", async () => {
    const [{ sequence }] = (await readSft(data, tokenizer, sized)).examples;
    expect(Array.from(sequence.ids)).toEqual(full.ids);
    expect(trainedOf(sequence)).toEqual(full.trained);
    const { positions, targets, tokens } = tokenBatch([sequence]);
    expect(Array.from(positions.slice(0, tokens))).toEqual(full.trained.map((position) => position - 1));
    expect(Array.from(targets.slice(0, tokens))).toEqual(full.trained.map((position) => full.ids[position]));
    // The same from chat_template.jinja, which counts before tokenizer_config.json.
    const [other] = (await readSft(data, tokenizerOf(name, family, 'file'), sized)).examples;
    expect(other.sequence).toEqual(sequence);
  });

  it('trains the last reply of preferences, and records of text as one exchange', async () => {
    const pair = { chosen: messages, rejected: [...messages.slice(0, 3), { role: 'assistant', content: 'No.' }] };
    const path = writeLines(join(folder, 'pair.jsonl'), [pair]);
    const [{ chosen, rejected }] = (await readPreferences(path, tokenizer, sized)).examples;
    const [first, second] = [family.rendered.indexOf('›'), family.rendered.lastIndexOf('‹')];
    const [head, last] = [family.rendered.slice(0, second), family.rendered.slice(second)];
    const only = expected(head.replaceAll(/[‹›]/g, '') + last, family.special);
    expect([Array.from(chosen.ids), trainedOf(chosen)]).toEqual([only.ids, only.trained]);
    const refused = expected(head.replaceAll(/[‹›]/g, '') + last.replace('Bye é.', 'No.'), family.special);
    expect([Array.from(rejected.ids), trainedOf(rejected)]).toEqual([refused.ids, refused.trained]);

    const single = expected(family.rendered.slice(0, first + 1), family.special);
    const text = writeLines(join(folder, 'text.jsonl'), [{ instruction: 'Hi', output: 'Hello!' }]);
    const [{ sequence }] = (await readSft(text, tokenizer, { ...sized, template: 'chat' })).examples;
    expect([Array.from(sequence.ids), trainedOf(sequence)]).toEqual([single.ids, single.trained]);
    const hh = { prompt: '\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: Bye?\n\nAssistant:', chosen: ' Bye é.' };
    const marked = writeLines(join(folder, 'hh.jsonl'), [{ ...hh, rejected: ' No.' }]);
    const asTurns = (await readPreferences(marked, tokenizer, { ...sized, template: 'chat' })).examples;
    expect(asTurns).toEqual([{ index: 0, chosen, rejected }]);
  });
});

describe('a template', () => {
  const { chatml } = families;
  const data = writeLines(join(folder, 'messages.jsonl'), [{ messages }, { messages: messages.slice(0, 2) }]);
  const file = (text: string): string => {
    const path = join(folder, 'own.jinja');
    writeFileSync(path, text);
    return path;
  };
  const tokenizer = tokenizerOf('own', chatml, 'config');

  it('of a file stands in place of the model’s own', async () => {
    const settings = { ...sized, template: file(families.zephyr.template.replaceAll('eos_token', "'|'")) };
    const [{ sequence }] = (await readSft(data, tokenizer, settings)).examples;
    expect(tokenizer.decode(Array.from(sequence.ids))).toBe(
      '<|user|>\nHi|\n<|assistant|>\nHello!|\n<|user|>\nBye?|\n<|assistant|>\nBye é.|\n',
    );
  });

  it('that renders earlier turns otherwise once others follow: those records are dropped and counted', async () => {
    // As Qwen 3 does with what was thought in turns that are not the last.
    const template = file(
      "{% for m in messages %}{{ m.role + ': ' }}{% if loop.last and m.role == 'assistant' %}{{ '<think></think>' }}" +
        "{% endif %}{{ m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
    );
    const { examples, summary } = await readSft(data, tokenizer, { ...sized, template });
    expect(examples.map(({ index }) => index)).toEqual([1]);
    expect(summaryLines('sft', summary)[1]).toBe(
      'warning: sft: 1 of 2 records dropped: turns that the template renders otherwise when others follow',
    );
  });

  it('is refused by name where it is none, and a conversation that it refuses by record', async () => {
    const read = (template: string) => readSft(data, tokenizer, { ...sized, template });
    await expect(read(file('{% for %}'))).rejects.toThrow(/own\.jinja: got ".*", expected a template in Jinja/);
    await expect(read(file("{{ raise_exception('no such turns') }}"))).rejects.toThrow(
      /messages\.jsonl:1: got "no such turns", expected a conversation that .*own\.jinja takes/,
    );
  });

  it('cuts to the maximum length without an end in place of what was cut', async () => {
    const [{ sequence: whole }] = (await readSft(data, tokenizer, sized)).examples;
    const end = predictedSpans(whole)[1].start + 2;
    const { examples, summary } = await readSft(data, tokenizer, { maximumLength: end });
    expect(Array.from(examples[0].sequence.ids)).toEqual(Array.from(whole.ids.slice(0, end)));
    expect(predictedSpans(examples[0].sequence)[1]).toEqual({ start: end - 2, end });
    expect(summary.suspicious).toEqual({ 'a reply cut by max-length': 1 });
  });
});
