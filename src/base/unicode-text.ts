import * as z from 'zod';

/** A text, unless it has half of a surrogate pair, as "\\ud800" in JSON, which UTF-8 cannot hold and tokenizers replace. */
export const unicodeText = z
  .string()
  .refine((text) => !/\p{Surrogate}/u.test(text), 'characters of Unicode, not half of a surrogate pair');
