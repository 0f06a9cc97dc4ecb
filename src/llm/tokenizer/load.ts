import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { readHuggingFaceTokenizer } from './huggingface.js';
import { readLlama2cTokenizer } from './llama2c.js';
import { withRows } from './rows.js';
import type { Tokenizer } from './tokenizer.js';
import { mergesFile, vocabularyFile } from './vocabulary-and-merges.js';

/**
 * Reads the tokenizer of a model: the given file (tokenizer.json, vocab.json, or a llama2.c .bin), or else the one that lies in
 * the model folder, or beside the model file.
 * @throws InputError when there is none, or a llama2.c one has another vocabulary than the model
 */
export function loadTokenizer(model: string, modelVocabularySize: number, file?: string): Tokenizer {
  const path = file ?? findTokenizer(model);
  if (path.endsWith('.bin')) {
    const tokenizer = readLlama2cTokenizer(path);
    // It has exactly one entry for each row of the embedding.
    if (tokenizer.vocabularySize === modelVocabularySize) return tokenizer;
    const expected = `a tokenizer for ${model}, which has ${modelVocabularySize}`;
    throw new InputError(path, `${tokenizer.vocabularySize} tokens`, expected);
  }
  const folder = statSync(model).isDirectory() ? model : dirname(path);
  return withRows(readHuggingFaceTokenizer(path, folder), modelVocabularySize, path);
}

/**
 * The tokenizer that lies with a model: tokenizer.json in its folder, or vocab.json with merges.txt, or the only llama2.c
 * tokenizer (tok….bin) there.
 * @throws InputError when there is none
 */
export function findTokenizer(model: string): string {
  const inside = statSync(model).isDirectory();
  const folder = inside ? model : dirname(model);
  const huggingFace = join(folder, 'tokenizer.json');
  if (inside && existsSync(huggingFace)) return huggingFace;
  if (inside && existsSync(join(folder, mergesFile))) return join(folder, vocabularyFile);
  const candidates = readdirSync(folder).filter((name) => /^tok.*\.bin$/.test(name));
  if (candidates.length === 1) return join(folder, candidates[0]);
  const found = candidates.length === 0 ? 'no tokenizer with it' : `tokenizers ${candidates.join(', ')} with it`;
  throw new InputError(model, found, 'tokenizer.json, one tok….bin, or --tokenizer FILE');
}
