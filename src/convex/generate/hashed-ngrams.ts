import { integerFrom } from './checks.js';
import { murmurHash } from './murmur-hash.js';

/** What an n-gram is made of: runs of letters and digits, and single punctuation marks; or Unicode code points. */
export type NgramUnit = 'word' | 'character';

/** Options of `hashedNgrams`. */
export interface HashedNgramOptions {
  /** Length d of the features. */
  readonly dimension: number;
  readonly unit: NgramUnit;
  /** The longest n-gram; all lengths 1 … ngram are counted. */
  readonly ngram: number;
}

/** Ends every reply, so that an empty one has features too, and how a reply ends is one. */
const endOfReply = '\u0003';
const separator = '\u001f';
/** Stands for any unit in an n-gram that the prompt contains too. */
const shared = '\u0006';

/**
 * The features φ(x, y) of a reply y to a prompt x: signed hashed counts, divided by their Euclidean norm
 * (Weinberger et al. 2009). Counted are
 * - the n-grams of prompt, reply and an end mark in a row, lower case, that end within the reply: an n-gram wholly inside
 *   the prompt is the same for every candidate reply and would say nothing about the choice;
 * - for each of these that the prompt contains too, a mark that depends on its length alone: how much of the prompt a
 *   reply takes up. Without it a linear model cannot tell the true reply from a reply to another prompt.
 *
 * MurmurHash3 gives what is counted its sign (the top bit) and its coordinate (the rest modulo d). Should all counts
 * cancel, which takes a tiny d, φ is zero.
 */
export function hashedNgrams({
  dimension,
  unit,
  ngram,
}: HashedNgramOptions): (prompt: string, reply: string) => number[] {
  integerFrom(1, 'dimension', dimension);
  integerFrom(1, 'ngram', ngram);
  const encoder = new TextEncoder();
  const hashes = new Map<string, number>();
  const hashOf = (text: string): number => {
    let hash = hashes.get(text);
    if (hash === undefined) hashes.set(text, (hash = murmurHash(encoder.encode(text))));
    return hash;
  };
  return (prompt, reply) => {
    const promptTokens = units(prompt, unit);
    const known = new Set<string>();
    for (let end = 0; end < promptTokens.length; end++) {
      for (const gram of gramsEndingAt(promptTokens, end, ngram)) known.add(gram);
    }
    const before = ngram === 1 ? [] : promptTokens.slice(1 - ngram);
    const tokens = [...before, ...units(reply, unit), endOfReply];
    const counts = new Array<number>(dimension).fill(0);
    const count = (text: string): void => {
      const hash = hashOf(text);
      counts[(hash & 0x7fffffff) % dimension] += hash >>> 31 === 1 ? -1 : 1;
    };
    for (let end = before.length; end < tokens.length; end++) {
      gramsEndingAt(tokens, end, ngram).forEach((gram, k) => {
        count(gram);
        if (known.has(gram)) count(shared.repeat(k + 1));
      });
    }
    const norm = Math.hypot(...counts);
    return norm === 0 ? counts : counts.map((entry) => entry / norm);
  };
}

/** The n-grams of lengths 1 … longest that end with tokens[end], shortest first. */
function gramsEndingAt(tokens: readonly string[], end: number, longest: number): string[] {
  const grams: string[] = [];
  let gram = '';
  for (let first = end; first >= 0 && first > end - longest; first--) {
    gram = tokens[first] + separator + gram;
    grams.push(gram);
  }
  return grams;
}

/**
 * Text as the features see it: of two that agree here the features do too. Those of single words or characters alone do
 * not see their order.
 */
export function textSeen(text: string, { unit, ngram }: Pick<HashedNgramOptions, 'unit' | 'ngram'>): string {
  const seen = units(text, unit);
  return (ngram === 1 ? seen.sort() : seen).join(separator);
}

function units(text: string, unit: NgramUnit): string[] {
  const plain = text.normalize('NFC').toLowerCase();
  return unit === 'character' ? Array.from(plain) : (plain.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []);
}
