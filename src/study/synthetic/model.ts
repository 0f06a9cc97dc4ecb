import { neoxConfig, type NeoxConfig } from '../../llm/model/architecture/neox.js';
import { wordTokenizerJson } from '../../llm/tokenizer/word-level.js';
import { syntheticWords } from './language.js';
import { pretraining } from './pretraining.js';

/** The model's configuration: a token for every word, and the two that its tokenizer adds. */
export function syntheticConfig(): NeoxConfig {
  const { width, heads, layers, contextLength } = pretraining;
  return neoxConfig({ width, heads, layers, contextLength, vocabularySize: syntheticWords().length + 2 });
}

/** The content of its tokenizer.json. */
export function syntheticTokenizerJson(): Record<string, unknown> {
  return wordTokenizerJson(syntheticWords());
}
