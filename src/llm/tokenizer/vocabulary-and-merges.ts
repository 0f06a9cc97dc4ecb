import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { readText } from '../../base/read-whole.js';
import { byteLevelJson } from './byte-level.js';

/** The two files of a tokenizer of GPT-2's kind from before tokenizer.json. */
export const vocabularyFile = 'vocab.json';
export const mergesFile = 'merges.txt';

const vocabularySchema = z.record(z.string(), z.int().nonnegative());

/**
 * The tokenizer.json that a GPT-2 folder's vocab.json and merges.txt amount to.
 * @param path the vocab.json; merges.txt lies beside it
 * @throws InputError where a file is missing or wrong, or the folder is of another model: others split text otherwise
 */
export function readVocabularyAndMerges(path: string): Record<string, unknown> {
  const beside = (name: string): string => join(dirname(path), name);
  const whole = 'a tokenizer.json: these files alone do not say how it splits text';
  const said: readonly (readonly [file: string, field: string, values: readonly string[]])[] = [
    ['config.json', 'model_type', ['gpt2']],
    ['tokenizer_config.json', 'tokenizer_class', ['GPT2Tokenizer', 'GPT2TokenizerFast']],
  ];
  for (const [file, field, values] of said) {
    const value = existsSync(beside(file)) ? (parseJson(beside(file)) as Record<string, unknown>)[field] : undefined;
    if (value !== undefined && !values.includes(value as string)) {
      throw new InputError(path, `${mergesFile} of ${field} ${JSON.stringify(value)}`, whole);
    }
  }
  if (existsSync(beside('added_tokens.json')))
    throw new InputError(path, 'added_tokens.json in the same folder', whole);
  const vocabulary = checked(vocabularySchema, parseJson(path), { place: path });
  return byteLevelJson(vocabulary, readMerges(beside(mergesFile)));
}

function readMerges(path: string): string[] {
  const lines = readText(path)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  return lines.flatMap((line, i) => {
    if (line === '' || (i === 0 && line.startsWith('#version'))) return [];
    if (!/^[^ ]+ [^ ]+$/.test(line)) throw new InputError(`${path}: line ${i + 1}`, line, 'two tokens');
    return [line];
  });
}
