import { allocate } from './arena';
import { exp, log } from './math';

// The streams of src/base/random-stream.ts, number for number: a Mersenne Twister seeded by an array of words, uniform
// numbers of 53 bits, and normal ones by Doornik's ziggurat (ZIGNOR) on the same words.

const WORDS = 624;
const SHIFT = 397;
const UPPER: u32 = 0x80000000;
const LOWER: u32 = 0x7fffffff;
const MATRIX: u32 = 0x9908b0df;

/** A stream: the generator's state, and the words made of it that are still to be used. */
@unmanaged
export class Stream {
  /** The index of the next word; WORDS where all are used. */
  next: i32;
  state: usize;
  words: usize;
}

/** Where the ziggurat's 128 ratios and 129 abscissae lie; the caller fills them in. */
let ratios: usize = 0;
let abscissae: usize = 0;
/** Where the tail of the normal distribution starts. */
let tail: f64 = 0;

/** Tells where the ziggurat's tables lie. */
export function useZiggurat(ratioTable: usize, abscissaTable: usize): void {
  ratios = ratioTable;
  abscissae = abscissaTable;
  tail = load<f64>(abscissaTable, 8);
}

/** A new stream of a key of so many words, at least one. */
export function seededStream(key: usize, length: i32): Stream {
  const stream = changetype<Stream>(allocate(offsetof<Stream>()));
  stream.state = allocate(4 * WORDS);
  stream.words = allocate(4 * WORDS);
  stream.next = WORDS;
  const s = stream.state;
  let last: u32 = 19650218;
  store<u32>(s, last);
  for (let i: u32 = 1; i < <u32>WORDS; i++) {
    last = 1812433253 * (last ^ (last >> 30)) + i;
    store<u32>(s + (i << 2), last);
  }
  let i = 1;
  let j = 0;
  last = load<u32>(s);
  for (let k = 0; k < WORDS; k++) {
    const at = s + ((<usize>i) << 2);
    last = (load<u32>(at) ^ ((last ^ (last >> 30)) * 1664525)) + load<u32>(key + ((<usize>j) << 2)) + <u32>j;
    store<u32>(at, last);
    if (++i >= WORDS) {
      store<u32>(s, last);
      i = 1;
    }
    if (++j >= length) j = 0;
  }
  for (let k = 1; k < WORDS; k++) {
    const at = s + ((<usize>i) << 2);
    last = (load<u32>(at) ^ ((last ^ (last >> 30)) * 1566083941)) - <u32>i;
    store<u32>(at, last);
    if (++i >= WORDS) {
      store<u32>(s, last);
      i = 1;
    }
  }
  store<u32>(s, 0x80000000);
  return stream;
}

/** The next state from words at i and i + 1, and the word it is combined with. */
function twisted(word: u32, following: u32, other: u32): u32 {
  const w = (word & UPPER) | (following & LOWER);
  return other ^ (w >> 1) ^ (-(w & 1) & MATRIX);
}

/** As `twisted`, for the four words from `at` on. */
function twistFour(at: usize, other: usize): void {
  const w = v128.or(v128.and(v128.load(at), i32x4.splat(UPPER)), v128.and(v128.load(at, 4), i32x4.splat(LOWER)));
  const odd = i32x4.neg(v128.and(w, i32x4.splat(1)));
  v128.store(at, v128.xor(v128.load(other), v128.xor(i32x4.shr_u(w, 1), v128.and(odd, i32x4.splat(MATRIX)))));
}

/** Makes the next 624 words. */
function refill(stream: Stream): void {
  const s = stream.state;
  const near = WORDS - SHIFT;
  let i = 0;
  for (; i + 4 <= near; i += 4) twistFour(s + ((<usize>i) << 2), s + ((<usize>(i + SHIFT)) << 2));
  for (; i < near; i++) {
    const at = s + ((<usize>i) << 2);
    store<u32>(at, twisted(load<u32>(at), load<u32>(at, 4), load<u32>(at, 4 * SHIFT)));
  }
  for (; i + 4 < WORDS; i += 4) twistFour(s + ((<usize>i) << 2), s + ((<usize>(i - near)) << 2));
  for (; i + 1 < WORDS; i++) {
    const at = s + ((<usize>i) << 2);
    store<u32>(at, twisted(load<u32>(at), load<u32>(at, 4), load<u32>(at - 4 * near)));
  }
  const final = s + 4 * (WORDS - 1);
  store<u32>(final, twisted(load<u32>(final), load<u32>(s), load<u32>(s, 4 * (SHIFT - 1))));

  const words = stream.words;
  for (let at: usize = 0; at < 4 * WORDS; at += 16) {
    let y = v128.load(s + at);
    y = v128.xor(y, i32x4.shr_u(y, 11));
    y = v128.xor(y, v128.and(i32x4.shl(y, 7), i32x4.splat(0x9d2c5680)));
    y = v128.xor(y, v128.and(i32x4.shl(y, 15), i32x4.splat(0xefc60000)));
    v128.store(words + at, v128.xor(y, i32x4.shr_u(y, 18)));
  }
  stream.next = 0;
}

function word(stream: Stream): u32 {
  if (stream.next >= WORDS) refill(stream);
  const at = stream.words + ((<usize>stream.next) << 2);
  stream.next++;
  return load<u32>(at);
}

/** The next uniform number in [0, 1). */
export function uniform(stream: Stream): f64 {
  let high: u32;
  let low: u32;
  const next = stream.next;
  if (next + 2 <= WORDS) {
    const at = stream.words + ((<usize>next) << 2);
    high = load<u32>(at) >> 5;
    low = load<u32>(at, 4) >> 6;
    stream.next = next + 2;
  } else {
    high = word(stream) >> 5;
    low = word(stream) >> 6;
  }
  return <f64>(<i64>(((<u64>high) << 26) | (<u64>low))) * (1.0 / 9007199254740992.0);
}

/** Writes the next uniform numbers in [0, 1), so many. */
export function uniforms(stream: Stream, out: usize, count: i32): void {
  const end = out + ((<usize>count) << 3);
  while (out < end) {
    if (stream.next >= WORDS) refill(stream);
    // Two at once, as far as the words reach.
    const together = min(<i32>((end - out) >> 4), (WORDS - stream.next) >> 2);
    if (together === 0) {
      store<f64>(out, uniform(stream));
      out += 8;
      continue;
    }
    let at = stream.words + ((<usize>stream.next) << 2);
    stream.next += together << 2;
    for (const stop = out + ((<usize>together) << 4); out < stop; out += 16, at += 16) {
      const words = v128.load(at);
      const high = asNumbers(i64x2.shr_u(v128.and(words, i64x2.splat(0xffffffff)), 5));
      const low = asNumbers(i64x2.shr_u(words, 38));
      const sum = f64x2.add(f64x2.mul(high, f64x2.splat(67108864)), low);
      v128.store(out, f64x2.mul(sum, f64x2.splat(1.0 / 9007199254740992.0)));
    }
  }
}

/** Integers below 2⁵² as floating-point numbers. */
function asNumbers(integers: v128): v128 {
  const offset = f64x2.splat(4503599627370496);
  return f64x2.sub(v128.or(integers, offset), offset);
}

/** The next standard normal number. */
export function normal(stream: Stream): f64 {
  while (true) {
    const u = 2 * uniform(stream) - 1;
    const block = (<usize>(word(stream) & 127)) << 3;
    const x = u * load<f64>(abscissae + block);
    if (abs(u) < load<f64>(ratios + block)) return x;
    if (block === 0) return sampleTail(stream, u < 0);
    if (isUnderCurve(stream, x, block)) return x;
  }
}

/** A normal number beyond the start of the tail. */
function sampleTail(stream: Stream, negative: bool): f64 {
  let x: f64;
  let y: f64;
  do {
    x = log(uniform(stream)) / tail;
    y = log(uniform(stream));
  } while (-2 * y < x * x);
  return negative ? x - tail : tail - x;
}

/** Whether a point of a block's wedge is kept. */
function isUnderCurve(stream: Stream, x: f64, block: usize): bool {
  const left = load<f64>(abscissae + block);
  const right = load<f64>(abscissae + block, 8);
  const high = exp(-0.5 * (left * left - x * x));
  const low = exp(-0.5 * (right * right - x * x));
  return low + uniform(stream) * (high - low) < 1;
}
