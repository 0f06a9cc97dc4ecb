import { InputError } from '../../base/input-error.js';
import type { TokenizerPart } from './part.js';

/** How GPT-2 splits text. */
export const gpt2Pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const punctuation = '[\\p{P}!-/:-@\\[-`{-~]';
const isolated = (regex: string): TokenizerPart => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});

/** What Rust takes for parts of words, and for white space: JavaScript's \w is ASCII's, its \s has U+FEFF and lacks U+0085. */
const [wordCharacters, space] = ['\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}', '\\p{White_Space}'];

const withoutSpace: TokenizerPart = { ...isolated(`${space}+`), behavior: 'Removed' };

/**
 * A pre-tokenizer in the words that the library does as the original one does: what it knows of letters, digits and
 * white space in some parts is ASCII's or JavaScript's, not Unicode's, and it does only some ways of splitting.
 * @throws InputError for a way of splitting that it does not do
 */
export function faithfulPreTokenizer(part: TokenizerPart | null, source: string): TokenizerPart | null {
  if (part === null) return null;
  const { type, behavior, invert, pattern } = part;
  if (type === 'Sequence') {
    const parts = part['pretokenizers'] as TokenizerPart[] | undefined;
    if (parts === undefined) throw new InputError(`${source}: pretokenizers`, parts, 'parts');
    return { ...part, pretokenizers: parts.map((one) => faithfulPreTokenizer(one, source)) };
  }
  if (type === 'Whitespace') {
    return { ...isolated(`[${wordCharacters}]+|[^${wordCharacters}${space}]+`), behavior: 'Removed', invert: true };
  }
  if (type === 'WhitespaceSplit') return withoutSpace;
  if (type === 'Metaspace') return metaspace(part, source);
  if (type === 'BertPreTokenizer') return { type: 'Sequence', pretokenizers: [withoutSpace, isolated(punctuation)] };
  if (type === 'Digits') return isolated(part['individual_digits'] === true ? '\\p{N}' : '\\p{N}+');
  if (type === 'Punctuation') {
    const how = behavior ?? 'Isolated';
    if (how === 'Isolated') return isolated(punctuation);
    if (how === 'Contiguous') return isolated(`${punctuation}+`);
    throw new InputError(`${source}: Punctuation.behavior`, behavior, 'Isolated or Contiguous');
  }
  if (type === 'ByteLevel' && part['use_regex'] !== false && part['add_prefix_space'] !== true) {
    return { type: 'Sequence', pretokenizers: [isolated(gpt2Pattern), { ...part, use_regex: false }] };
  }
  if (type === 'Split') {
    const { Regex: regex } = pattern as { Regex?: string };
    const keepsMatches = behavior === 'Removed' && invert === true;
    // Cut at matches without a trace: groups and strings would leave one.
    const dropsMatches = behavior === 'Removed' && regex !== undefined && !/\((?!\?)/.test(regex);
    if (!(behavior === 'Isolated' && invert !== true) && !keepsMatches && !dropsMatches) {
      throw new InputError(
        `${source}: Split`,
        { behavior, invert },
        'Isolated without invert, or Removed by a regular expression',
      );
    }
  }
  return part;
}

/** Metaspace, which the library never splits before the character that stands for a space. */
function metaspace(part: TokenizerPart, source: string): TokenizerPart {
  const { replacement = '▁', add_prefix_space: prefix, prepend_scheme: scheme, split, ...rest } = part;
  if (prefix === false && scheme !== 'never') {
    throw new InputError(`${source}: Metaspace.add_prefix_space`, prefix, 'prepend_scheme "never" with it');
  }
  if (typeof replacement !== 'string' || Array.from(replacement).length !== 1) {
    throw new InputError(`${source}: Metaspace.replacement`, replacement, 'one character');
  }
  const plain = { ...rest, replacement, prepend_scheme: scheme ?? 'always', str_rep: null };
  if (split === false) return plain;
  const character = replacement.replace(/[\\^$.*+?()[\]{}|-]/, '\\$&');
  return { type: 'Sequence', pretokenizers: [plain, isolated(`${character}[^${character}]*`)] };
}

const replace = (regex: string, content: string): TokenizerPart => ({
  type: 'Replace',
  pattern: { Regex: regex },
  content,
});
/** JavaScript makes ς of a last Σ; the original one looks at each character alone. */
const plainSigma = replace('Σ', 'σ');

/**
 * A normalizer in the words that the library does as the original one does.
 * @throws InputError for a table of SentencePiece, in whose place the library puts NFKC
 */
export function faithfulNormalizer(part: TokenizerPart | null, source: string): TokenizerPart | null {
  if (part === null) return null;
  const { type } = part;
  if (type === 'Sequence') {
    const parts = part['normalizers'] as TokenizerPart[];
    return { ...part, normalizers: parts.map((one) => faithfulNormalizer(one, source)) };
  }
  const sequence = (...normalizers: TokenizerPart[]): TokenizerPart => ({ type: 'Sequence', normalizers });
  if (type === 'Lowercase' || (type === 'BertNormalizer' && part['lowercase'] !== false)) {
    return sequence(plainSigma, part);
  }
  if (type === 'Strip') {
    const sides = { strip_left: `\\A${space}+`, strip_right: `${space}+\\z` };
    return sequence(
      ...Object.entries(sides).flatMap(([side, regex]) => (part[side] === false ? [] : [replace(regex, '')])),
    );
  }
  if (type === 'Precompiled')
    throw new InputError(`${source}: normalizer`, type, 'one without a table of SentencePiece');
  return part;
}
