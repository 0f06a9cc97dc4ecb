import * as z from 'zod';

/** What every part of a tokenizer.json has. */
export const partSchema = z.looseObject({ type: z.string() });

/** A part of a tokenizer.json: a normalizer, a pre-tokenizer, a post-processor or a decoder. */
export type TokenizerPart = z.output<typeof partSchema>;
