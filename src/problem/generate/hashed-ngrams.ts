import { integerFrom } from './checks.js';
import { murmurHash } from './murmur-hash.js';

/** What an n-gram is made of. */
export const ngramUnits = ['word', 'character'] as const;
/** `word`: runs of letters and digits, and single punctuation marks; `character`: Unicode code points. */
export type NgramUnit = (typeof ngramUnits)[number];

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

/**
 * The features φ(x, y) of a reply y to a prompt x: signed hashed counts of n-grams, divided by their Euclidean norm
 * (Weinberger et al. 2009). The n-grams are those of prompt, reply and an end mark in a row, lower case, that end
 * within the reply: an n-gram wholly inside the prompt is the same for every candidate reply and would say nothing about
 * the choice. An n-gram's MurmurHash3 gives its sign (the top bit) and its coordinate (the rest modulo d). Should all
 * counts cancel, which takes a tiny d, φ is zero.
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
    const before = ngram === 1 ? [] : units(prompt, unit).slice(1 - ngram);
    const tokens = [...before, ...units(reply, unit), endOfReply];
    const counts = new Array<number>(dimension).fill(0);
    for (let end = before.length; end < tokens.length; end++) {
      let gram = '';
      for (let first = end; first >= 0 && first > end - ngram; first--) {
        gram = tokens[first] + separator + gram;
        const hash = hashOf(gram);
        counts[(hash & 0x7fffffff) % dimension] += hash >>> 31 === 1 ? -1 : 1;
      }
    }
    const norm = Math.hypot(...counts);
    return norm === 0 ? counts : counts.map((count) => count / norm);
  };
}

function units(text: string, unit: NgramUnit): string[] {
  const plain = text.normalize('NFC').toLowerCase();
  return unit === 'character' ? Array.from(plain) : (plain.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []);
}
