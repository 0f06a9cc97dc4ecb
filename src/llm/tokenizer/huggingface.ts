import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { withinTime } from '../../base/time-limit.js';
import { readChatTemplate } from './chat-template-file.js';
import { tokenizerFromJson } from './from-json.js';
import { hasOwnPatterns } from './json-schema.js';
import type { Tokenizer } from './tokenizer.js';
import { readVocabularyAndMerges, vocabularyFile } from './vocabulary-and-merges.js';

/**
 * Reads a tokenizer.json, or GPT-2's vocab.json with merges.txt, and what says its special tokens: tokenizer_config.json
 * and special_tokens_map.json beside it, with the model's chat template, config.json and generation_config.json of the model's folder.
 * @param folder the model's folder, by default that of the tokenizer
 * @param patience the most milliseconds that regular expressions of the file's own may take for a text of usual length
 * @throws InputError when a file is not what its name says
 */
export function readHuggingFaceTokenizer(path: string, folder = dirname(path), patience = 20_000): Tokenizer {
  const file = (place: string, name: string): unknown =>
    existsSync(join(place, name)) ? parseJson(join(place, name)) : undefined;
  const files = {
    config: file(dirname(path), 'tokenizer_config.json'),
    specialTokensMap: file(dirname(path), 'special_tokens_map.json'),
    modelConfig: file(folder, 'config.json'),
    generationConfig: file(folder, 'generation_config.json'),
  };
  const chatTemplate = readChatTemplate(dirname(path), files.config, files.specialTokensMap);
  const json = basename(path) === vocabularyFile ? readVocabularyAndMerges(path) : parseJson(path);
  if (!hasOwnPatterns(json)) return { ...tokenizerFromJson(json, files, path), chatTemplate };
  const inTime = <Result>(length: number, run: () => Result): Result =>
    withinTime(patience + length, run, () => {
      const expected = `regular expressions that end: ${length} characters took over ${patience + length} ms`;
      return new InputError(path, 'a file that does not end', expected);
    });
  const tokenizer = inTime(0, () => tokenizerFromJson(json, files, path));
  return {
    ...tokenizer,
    chatTemplate,
    encode: (text) => inTime(text.length, () => tokenizer.encode(text)),
    decode: (ids) => inTime(ids.length, () => tokenizer.decode(ids)),
  };
}
