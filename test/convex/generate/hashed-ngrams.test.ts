import { expect, test } from 'vitest';
import { hashedNgrams } from '../../../src/convex/generate/hashed-ngrams.js';
import { murmurHash } from '../../../src/convex/generate/murmur-hash.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// Published vectors of MurmurHash3_x86_32.
test.each([
  ['', 0, 0x00000000],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['test', 0, 0xba6bd213],
  ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0, 0xc0363e43],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aa', 0x9747b28c, 0x5d211726],
  ['a', 0x9747b28c, 0x7fa09ea6],
])('MurmurHash3 of %j with seed %i', (text, seed, hash) => {
  expect(murmurHash(bytes(text), seed)).toBe(hash);
});

/** Undoes the normalisation, where one count is known to be 1 in absolute value. */
function counts(features: readonly number[]): number[] {
  const smallest = Math.min(...features.filter((entry) => entry !== 0).map(Math.abs));
  return features.map((entry) => Math.round(entry / smallest) + 0);
}
const wide = { dimension: 2 ** 16, unit: 'word', ngram: 2 } as const;
const total = (features: readonly number[]): number =>
  counts(features).reduce((sum, entry) => sum + Math.abs(entry), 0);

test('features have norm 1', () => {
  for (const dimension of [8, 256, 4096]) {
    for (const unit of ['word', 'character'] as const) {
      const features = hashedNgrams({ dimension, unit, ngram: 3 });
      for (const [prompt, reply] of [
        ['', ''],
        ['What?', ''],
        ['Name a colour.', 'Blue is a colour, and so is red.'],
        ['多言語', 'こんにちは 世界'],
      ]) {
        const phi = features(prompt, reply);
        expect(phi).toHaveLength(dimension);
        expect(Math.hypot(...phi)).toBeCloseTo(1, 14);
      }
    }
  }
});

test('n-grams that end in the reply are counted, those inside the prompt are not', () => {
  // Words a, b and the end mark, and the bigrams (p, a), (a, b), (b, end).
  expect(total(hashedNgrams(wide)('o p', 'a b'))).toBe(6);
  // Without a prompt the first bigram is missing.
  expect(total(hashedNgrams(wide)('', 'a b'))).toBe(5);
  expect(total(hashedNgrams({ ...wide, ngram: 1 })('o p', 'a b'))).toBe(3);
  expect(hashedNgrams(wide)('x y p', 'a b')).toEqual(hashedNgrams(wide)('o o p', 'a b'));
  expect(hashedNgrams(wide)('o q', 'a b')).not.toEqual(hashedNgrams(wide)('o p', 'a b'));
});

test('a unit that the prompt holds too adds the mark of its length', () => {
  const plain = hashedNgrams(wide)('o p', 'a b');
  const shared = hashedNgrams(wide)('b p', 'a b');
  const twice = hashedNgrams(wide)('a b p', 'a b');
  // One word shared: one mark more. Both words and their bigram: two marks of length 1, one of length 2.
  expect(total(shared) - total(plain)).toBe(1);
  expect(total(twice) - total(plain)).toBe(3);
  const mark = shared.findIndex((entry, i) => entry !== 0 && plain[i] === 0);
  expect(Math.abs(counts(twice)[mark])).toBe(2);
});

test('case and white space are no words, punctuation marks are', () => {
  const features = hashedNgrams(wide);
  expect(features('P', 'One  TWO\nthree')).toEqual(features('p', 'one two three'));
  expect(total(hashedNgrams({ ...wide, ngram: 1 })('', "it's ok!"))).toBe(6);
});

test('characters are code points, and combining forms are composed', () => {
  const features = hashedNgrams({ dimension: 2 ** 16, unit: 'character', ngram: 1 });
  expect(total(features('', '😀é'))).toBe(3);
  expect(features('', 'e\u0301')).toEqual(features('', 'é'));
});

test('signs and coordinates are balanced over many words', () => {
  const features = hashedNgrams({ dimension: 2 ** 14, unit: 'word', ngram: 1 });
  const empty = features('', '').findIndex((entry) => entry !== 0);
  const found = Array.from({ length: 400 }, (_, i) => {
    const phi = features('', `word${i}`);
    const at = phi.findIndex((entry, k) => entry !== 0 && k !== empty);
    return { sign: Math.sign(phi[at]), bucket: at % 4 };
  });
  // Within four standard deviations of a fair draw: 20 for the sum of signs, 8.7 for a quarter of 400.
  expect(Math.abs(found.reduce((sum, { sign }) => sum + sign, 0))).toBeLessThan(80);
  for (let bucket = 0; bucket < 4; bucket++) {
    expect(Math.abs(found.filter((entry) => entry.bucket === bucket).length - 100)).toBeLessThan(35);
  }
});

test('bad options are refused', () => {
  expect(() => hashedNgrams({ ...wide, dimension: 0 })).toThrow('dimension: got 0');
  expect(() => hashedNgrams({ ...wide, ngram: 0 })).toThrow('ngram: got 0');
});
