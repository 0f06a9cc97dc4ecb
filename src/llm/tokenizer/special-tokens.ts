import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import type { TokenizerPart } from './part.js';

/** The files of a tokenizer beside tokenizer.json; what is absent is undefined. */
export interface TokenizerFiles {
  /** tokenizer_config.json */
  readonly config?: unknown;
  /** special_tokens_map.json */
  readonly specialTokensMap?: unknown;
  /** The model's config.json */
  readonly modelConfig?: unknown;
  /** generation_config.json */
  readonly generationConfig?: unknown;
}

const token = z.union(
  [z.string(), z.object({ content: z.string() }).transform(({ content }) => content)],
  'a token: a text, or an object with its content',
);
const tokensSchema = z.object({
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  unk_token: token.nullish(),
  pad_token: token.nullish(),
  add_bos_token: z.boolean().nullish(),
  tokenizer_class: z.string().nullish(),
});
const idsSchema = z.object({
  bos_token_id: z.union([z.int().nonnegative(), z.array(z.int().nonnegative())]).nullish(),
  eos_token_id: z.union([z.int().nonnegative(), z.array(z.int().nonnegative())]).nullish(),
});

/** Classes of transformers that put BOS first unless told otherwise. */
const bosFirst = /^(?:Llama|CodeLlama|Gemma)Tokenizer(?:Fast)?$/;

/** Which tokens begin and end texts. */
export interface SpecialTokens {
  readonly bosId: number | undefined;
  readonly eosId: number | undefined;
  readonly eosText: string | undefined;
  /** The ids at which generation ends. */
  readonly endIds: readonly number[];
  /** Whether BOS is put in front of every text: undefined where the post-processor decides. */
  readonly addBos: boolean | undefined;
  /** The texts that the tokenizer's own files say are tokens in any case. */
  readonly texts: readonly string[];
}

/**
 * BOS and EOS as the files of a folder together say: those of tokenizer_config.json, else of special_tokens_map.json,
 * else the ids of config.json and generation_config.json, else of the usual end-of-text tokens the one that the
 * vocabulary has. Generation ends at all ids that generation_config.json lists, or else config.json, and at EOS.
 * @throws InputError where a file's fields are not what their names say
 */
export function specialTokens(
  files: TokenizerFiles,
  idOf: (text: string) => number | undefined,
  textOf: (id: number) => string | undefined,
  source: string,
): SpecialTokens {
  const read = <Schema extends z.ZodType>(schema: Schema, file: string, content: unknown): z.output<Schema> =>
    checked(schema, content ?? {}, { place: `${source}: ${file}` });
  const config = read(tokensSchema, 'tokenizer_config.json', files.config);
  const map = read(tokensSchema, 'special_tokens_map.json', files.specialTokensMap);
  const model = read(idsSchema, 'config.json', files.modelConfig);
  const generation = read(idsSchema, 'generation_config.json', files.generationConfig);
  const listed = (ids: number | readonly number[] | null | undefined): readonly number[] =>
    ids === null || ids === undefined ? [] : typeof ids === 'number' ? [ids] : ids;
  const firstText = (ids: readonly number[]): string | undefined => (ids.length === 0 ? undefined : textOf(ids[0]));

  const usual = ['<|endoftext|>', '<|end_of_text|>', '</s>'].find((text) => idOf(text) !== undefined);
  const eosText =
    config.eos_token ??
    map.eos_token ??
    firstText(listed(model.eos_token_id)) ??
    firstText(listed(generation.eos_token_id)) ??
    usual;
  const bosText =
    config.bos_token ??
    map.bos_token ??
    firstText(listed(model.bos_token_id)) ??
    firstText(listed(generation.bos_token_id));
  const eosId = eosText === undefined ? undefined : idOf(eosText);
  const ends = files.generationConfig !== undefined && listed(generation.eos_token_id).length > 0 ? generation : model;
  const byClass = config.tokenizer_class != null && bosFirst.test(config.tokenizer_class) ? true : undefined;
  return {
    bosId: bosText === undefined ? undefined : idOf(bosText),
    eosId,
    eosText,
    endIds: [...new Set([...(eosId === undefined ? [] : [eosId]), ...listed(ends.eos_token_id)])],
    addBos: config.add_bos_token ?? byClass,
    texts: [
      config.eos_token ?? map.eos_token,
      config.bos_token ?? map.bos_token,
      config.unk_token,
      config.pad_token,
      map.unk_token,
      map.pad_token,
    ].filter((text): text is string => typeof text === 'string' && text !== ''),
  };
}

const templateSchema = z.object({
  single: z
    .array(
      z.union([
        z.object({ SpecialToken: z.object({ id: z.string() }) }),
        z.object({ Sequence: z.object({ id: z.literal('A') }) }),
      ]),
    )
    .refine((items) => items.filter((item) => 'Sequence' in item).length === 1, 'the text once'),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int().nonnegative()) })).default({}),
});
const endpoint = z.tuple([z.string(), z.int().nonnegative()], 'a token and its id');
const bertSchema = z.object({ cls: endpoint, sep: endpoint });
const sequenceSchema = z.object({ processors: z.array(z.looseObject({ type: z.string() })) });

/**
 * The ids that a post-processor puts before and behind a single text.
 * @throws InputError where a part is missing, or the kind is not known
 */
export function surroundingIds(part: TokenizerPart | null, source: string): { before: number[]; behind: number[] } {
  const place = `${source}: post_processor`;
  if (part === null || part.type === 'ByteLevel') return { before: [], behind: [] };
  const read = <Schema extends z.ZodType>(schema: Schema): z.output<Schema> =>
    checked(schema, part, { place: `${place} ${part.type}` });
  if (part.type === 'Sequence') {
    const { processors } = read(sequenceSchema);
    return processors
      .map((processor) => surroundingIds(processor, source))
      .reduce(
        (inner, outer) => ({
          before: [...outer.before, ...inner.before],
          behind: [...inner.behind, ...outer.behind],
        }),
        { before: [], behind: [] },
      );
  }
  if (part.type === 'BertProcessing' || part.type === 'RobertaProcessing') {
    const { cls, sep } = read(bertSchema);
    return { before: [cls[1]], behind: [sep[1]] };
  }
  if (part.type !== 'TemplateProcessing') {
    throw new InputError(
      place,
      part.type,
      'ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing, Sequence',
    );
  }
  const { single, special_tokens: tokens } = read(templateSchema);
  const middle = single.findIndex((item) => 'Sequence' in item);
  const idsOf = (items: typeof single): number[] =>
    items.flatMap((item) => {
      if (!('SpecialToken' in item)) return [];
      const { id } = item.SpecialToken;
      if (!Object.hasOwn(tokens, id)) throw new InputError(`${place} special_tokens`, id, 'an entry with its ids');
      return tokens[id].ids;
    });
  return { before: idsOf(single.slice(0, middle)), behind: idsOf(single.slice(middle + 1)) };
}
