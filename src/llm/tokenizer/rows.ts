import { InputError } from '../../base/input-error.js';
import type { Tokenizer } from './tokenizer.js';

/** A tokenizer whose ids beyond a model's rows are refused where they occur: the model may have fewer or more. */
export function withRows(tokenizer: Tokenizer, rows: number, path: string): Tokenizer {
  if (tokenizer.vocabularySize <= rows) return tokenizer;
  const held = (id: number | undefined): number | undefined => (id !== undefined && id < rows ? id : undefined);
  return {
    ...tokenizer,
    bosId: held(tokenizer.bosId),
    eosId: held(tokenizer.eosId),
    encode: (text) => {
      const ids = tokenizer.encode(text);
      const beyond = ids.find((id) => id >= rows);
      if (beyond === undefined) return ids;
      throw new InputError(path, `token ${beyond}`, `ids below ${rows}, for which the model has rows`);
    },
  };
}
