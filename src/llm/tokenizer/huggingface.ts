import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseJson } from '../../base/json-file.js';
import { tokenizerFromJson } from './from-json.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * Reads a tokenizer.json, and tokenizer_config.json beside it where there is one.
 * @throws InputError when a file is not what its name says
 */
export function readHuggingFaceTokenizer(path: string): Tokenizer {
  const configPath = join(dirname(path), 'tokenizer_config.json');
  const config = existsSync(configPath) ? parseJson(configPath) : {};
  return tokenizerFromJson(parseJson(path), config, { tokenizer: path, config: configPath });
}
