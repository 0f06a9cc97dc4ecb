import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import type { AddedToken } from './added-tokens.js';
import { faithfulNormalizer, faithfulPreTokenizer, gpt2Pattern } from './faithful-parts.js';
import { partSchema, type TokenizerPart } from './part.js';

/** More ids than any tokenizer has; a larger one would make a table of that size. */
const largestId = 2 ** 24;

const id = z.int().nonnegative().max(largestId);
const addedSchema = z.object({
  id,
  content: z.string().min(1),
  single_word: z.boolean().nullish(),
  lstrip: z.boolean().nullish(),
  rstrip: z.boolean().nullish(),
  normalized: z.boolean().nullish(),
  special: z.boolean().nullish(),
});
const tokenizerSchema = z.looseObject({
  added_tokens: z.array(addedSchema).nullish(),
  normalizer: partSchema.nullish(),
  pre_tokenizer: partSchema.nullish(),
  decoder: partSchema.nullish(),
  post_processor: partSchema.nullish(),
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.unknown().optional(),
    merges: z.unknown().optional(),
    dropout: z.literal(0, 'no dropout').nullish(),
  }),
});

/** The content of a tokenizer.json, checked. */
export interface TokenizerJson {
  readonly normalizer: TokenizerPart | null;
  readonly pre_tokenizer: TokenizerPart | null;
  readonly decoder: TokenizerPart | null;
  readonly post_processor: TokenizerPart | null;
  readonly model: Readonly<Record<string, unknown>>;
  readonly addedTokens: readonly AddedToken[];
  /** The ids of the model's own vocabulary. */
  readonly vocabulary: ReadonlyMap<string, number>;
}

/** @throws InputError naming the file and the part that is missing or wrong */
export function checkedTokenizerJson(json: unknown, source: string): TokenizerJson {
  const found = checked(tokenizerSchema, json, { place: source });
  const { normalizer, pre_tokenizer, decoder, post_processor, model, added_tokens } = found;
  const vocabulary = vocabularyOf(model.vocab, source);
  requireMerges(model, source);
  requireOneId(added_tokens ?? [], vocabulary, source);
  for (const part of [normalizer, pre_tokenizer, decoder]) requireParts(part, source);
  return {
    normalizer: faithfulNormalizer(normalizer ?? null, source),
    pre_tokenizer: faithfulPreTokenizer(pre_tokenizer ?? null, source),
    decoder: decoder ?? null,
    post_processor: post_processor ?? null,
    model,
    addedTokens: (added_tokens ?? []).map(addedToken),
    vocabulary,
  };
}

/** Throws an InputError where a token has two ids, or an id two tokens: the original library gives some of them others. */
function requireOneId(
  tokens: readonly z.output<typeof addedSchema>[],
  vocabulary: ReadonlyMap<string, number>,
  source: string,
): void {
  const ids = new Map(vocabulary);
  const texts = new Map([...vocabulary].map(([text, known]) => [known, text]));
  for (const [i, { id: given, content }] of tokens.entries()) {
    const place = `${source}: added_tokens[${i}].id`;
    const known = ids.get(content) ?? given;
    if (known !== given) throw new InputError(place, given, `${known}, the id of ${JSON.stringify(content)} elsewhere`);
    const other = texts.get(given) ?? content;
    if (other !== content) throw new InputError(place, given, `another id: it is that of ${JSON.stringify(other)}`);
    ids.set(content, given);
    texts.set(given, content);
  }
}

function addedToken({ id, content, ...flags }: z.output<typeof addedSchema>): AddedToken {
  const special = flags.special ?? false;
  return {
    id,
    content,
    singleWord: flags.single_word ?? false,
    strip: { left: flags.lstrip ?? false, right: flags.rstrip ?? false },
    normalized: flags.normalized ?? !special,
    special,
  };
}

const decoderEntries = z.record(
  z.string().regex(/^\d+$/, 'ids as the names of its entries'),
  addedSchema.omit({ id: true }),
);

/**
 * The added tokens of a tokenizer together with those of tokenizer_config.json's added_tokens_decoder, whose flags
 * count: Python's transformers adds them to what tokenizer.json has.
 * @throws InputError where the two disagree about an id
 */
export function withDecoderTokens(
  { addedTokens, vocabulary }: Pick<TokenizerJson, 'addedTokens' | 'vocabulary'>,
  entries: unknown,
  source: string,
): AddedToken[] {
  const tokens = new Map(addedTokens.map((token) => [token.content, token]));
  if (entries === undefined || entries === null) return [...tokens.values()];
  const decoded = checked(decoderEntries, entries, { place: `${source}: added_tokens_decoder` });
  for (const [number, flags] of Object.entries(decoded)) {
    const given = Number(number);
    const known = tokens.get(flags.content)?.id ?? vocabulary.get(flags.content) ?? given;
    if (known !== given || given > largestId) {
      throw new InputError(
        `${source}: added_tokens_decoder.${number}`,
        flags.content,
        `id ${known}, its tokenizer.json's`,
      );
    }
    tokens.set(flags.content, addedToken({ id: given, ...flags }));
  }
  return [...tokens.values()];
}

/** Of a vocabulary that can have a million entries, hence no schema: an object of ids, or Unigram's list of pieces. */
function vocabularyOf(vocab: unknown, source: string): Map<string, number> {
  const place = `${source}: model.vocab`;
  if (Array.isArray(vocab)) {
    return new Map(
      vocab.map((entry: unknown, index) => {
        const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
        if (typeof piece !== 'string' || typeof score !== 'number') {
          throw new InputError(`${place}[${index}]`, entry, 'a piece and its score');
        }
        return [piece, index];
      }),
    );
  }
  if (typeof vocab !== 'object' || vocab === null) throw new InputError(place, vocab, 'the ids of its tokens');
  const ids = new Map<string, number>();
  for (const [token, number] of Object.entries(vocab)) {
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > largestId) {
      throw new InputError(`${place}: ${JSON.stringify(token)}`, number, `an id from 0 to ${largestId}`);
    }
    ids.set(token, number);
  }
  return ids;
}

function requireMerges(model: Readonly<Record<string, unknown>>, source: string): void {
  const { type, vocab, merges } = model;
  if (type !== 'BPE' && (type !== undefined || merges === undefined || Array.isArray(vocab))) return;
  const isMerge = (merge: unknown): boolean =>
    typeof merge === 'string'
      ? merge.includes(' ')
      : Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
  if (!Array.isArray(merges)) throw new InputError(`${source}: model.merges`, merges, 'a list of merges');
  const prefix = model['continuing_subword_prefix'] ?? '';
  if (prefix !== '') throw new InputError(`${source}: model.continuing_subword_prefix`, prefix, 'none with merges');
  const wrong = merges.findIndex((merge) => !isMerge(merge));
  if (wrong >= 0) throw new InputError(`${source}: model.merges[${wrong}]`, merges[wrong], 'two tokens to merge');
  const { unk_token: unknown } = model;
  const mergedUnknown = merges.findIndex((merge: string | string[]) =>
    (typeof merge === 'string' ? merge.split(' ') : merge).includes(unknown as string),
  );
  if (mergedUnknown >= 0) {
    throw new InputError(
      `${source}: model.unk_token`,
      unknown,
      `a token that is in no merge; merges[${mergedUnknown}] has it`,
    );
  }
  // A list is all of one form: the library looks at its first entry.
  const other = merges.findIndex((merge) => typeof merge !== typeof merges[0]);
  if (other >= 0) throw new InputError(`${source}: model.merges[${other}]`, merges[other], 'the form of the others');
}

const patternSchema = z.union(
  [z.object({ Regex: z.string() }), z.object({ String: z.string() })],
  'a Regex or a String',
);

/** Every part inside a part, itself first. */
function partsIn(part: TokenizerPart | null | undefined): TokenizerPart[] {
  if (part === null || part === undefined) return [];
  const nested = Object.values(part).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
  return [part, ...nested.flatMap((one) => (partSchema.safeParse(one).success ? partsIn(one as TokenizerPart) : []))];
}

/** Lists of parts hold parts only, and those that need a pattern have one. */
function requireParts(part: TokenizerPart | null | undefined, source: string): void {
  for (const one of partsIn(part)) {
    const place = `${source}: ${one.type}`;
    for (const list of ['normalizers', 'pretokenizers', 'decoders']) {
      const value = one[list];
      if (value === undefined && !(one.type === 'Sequence' && list in one)) continue;
      checked(z.looseObject({ [list]: z.array(partSchema) }), one, { place });
    }
    if (one.type === 'Split') checked(z.looseObject({ pattern: patternSchema }), one, { place });
    if (one.type === 'Replace') {
      checked(z.looseObject({ pattern: patternSchema, content: z.string() }), one, { place });
    }
  }
}

/** Patterns of well-known tokenizers, which take time linear in the text, or nearly. */
const knownPatterns = new Set([
  gpt2Pattern,
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
]);

/** Whether a tokenizer.json brings regular expressions of its own, which may take any time. */
export function hasOwnPatterns(json: unknown): boolean {
  const parsed = tokenizerSchema.safeParse(json);
  if (!parsed.success) return false;
  return [parsed.data.normalizer, parsed.data.pre_tokenizer, parsed.data.decoder].flatMap(partsIn).some((part) => {
    const { Regex: regex } = (part['pattern'] ?? {}) as { Regex?: unknown };
    return typeof regex === 'string' && !knownPatterns.has(regex);
  });
}
