import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { readHuggingFaceTokenizer } from './huggingface.js';
import { readLlama2cTokenizer } from './llama2c.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * Reads the tokenizer of a model: the given file (tokenizer.json, or a llama2.c .bin), or else the one that lies in
 * the model folder, or beside the model file.
 * @throws InputError when there is none, or its vocabulary does not fit the model's
 */
export function loadTokenizer(model: string, modelVocabularySize: number, file?: string): Tokenizer {
  const path = file ?? findTokenizer(model);
  const tokenizer = path.endsWith('.bin') ? readLlama2cTokenizer(path) : readHuggingFaceTokenizer(path);
  // HF checkpoints pad their embedding; a llama2.c tokenizer has exactly one entry for each row.
  const fits =
    tokenizer.kind === 'llama2c'
      ? tokenizer.vocabularySize === modelVocabularySize
      : tokenizer.vocabularySize <= modelVocabularySize;
  if (!fits) {
    throw new InputError(
      path,
      `${tokenizer.vocabularySize} tokens`,
      `a tokenizer for ${model}, which has ${modelVocabularySize}`,
    );
  }
  return tokenizer;
}

/**
 * The tokenizer that lies with a model: tokenizer.json in its folder, or the only llama2.c tokenizer (tok….bin) there.
 * @throws InputError when there is none
 */
export function findTokenizer(model: string): string {
  const inside = statSync(model).isDirectory();
  const folder = inside ? model : dirname(model);
  const huggingFace = join(folder, 'tokenizer.json');
  if (inside && existsSync(huggingFace)) return huggingFace;
  const candidates = readdirSync(folder).filter((name) => /^tok.*\.bin$/.test(name));
  if (candidates.length === 1) return join(folder, candidates[0]);
  const found = candidates.length === 0 ? 'no tokenizer with it' : `tokenizers ${candidates.join(', ')} with it`;
  throw new InputError(model, found, 'tokenizer.json, one tok….bin, or --tokenizer FILE');
}
