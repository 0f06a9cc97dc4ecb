// Numbers as they are stored: float32, or one of the two types of half its size, whose every number is a float32 too.

export const FLOAT32 = 0;
export const BFLOAT16 = 1;
export const FLOAT16 = 2;

/** A half's exponent counts from 15, a float32's from 127. */
const REBIAS: f32 = 5.192296858534828e33; // 2^112

/** The logarithm of a stored number's bytes. */
export function bytesLog(type: i32): usize {
  return type == FLOAT32 ? 2 : 1;
}

/** Numbers by their type, compiled once for each where that is a constant. */
export class Numbers {
  /** Four neighbours. */
  @inline
  static four(type: i32, at: usize): v128 {
    return type == FLOAT32 ? v128.load(at) : Numbers.widened(type, v128.load16x4_u(at));
  }

  /** The first four of eight halves. */
  @inline
  static low(type: i32, halves: v128): v128 {
    return Numbers.widened(type, i32x4.extend_low_i16x8_u(halves));
  }

  /** The last four of eight halves. */
  @inline
  static high(type: i32, halves: v128): v128 {
    return Numbers.widened(type, i32x4.extend_high_i16x8_u(halves));
  }

  /** The float32 numbers of halves, each in the lower bits of a word. */
  @inline
  static widened(type: i32, words: v128): v128 {
    if (type == BFLOAT16) return i32x4.shl(words, 16);
    // Exponent and fraction in their places, then the exponent counted from where a float32's is: exact, for halves below
    // the normal ones too.
    const size = f32x4.mul(i32x4.shl(v128.and(words, i32x4.splat(0x7fff)), 13), f32x4.splat(REBIAS));
    return v128.or(size, i32x4.shl(v128.and(words, i32x4.splat(0x8000)), 16));
  }

  @inline
  static one(type: i32, at: usize): f32 {
    if (type == FLOAT32) return load<f32>(at);
    const word = <u32>load<u16>(at);
    if (type == BFLOAT16) return reinterpret<f32>(word << 16);
    const size = reinterpret<f32>((word & 0x7fff) << 13) * REBIAS;
    return (word & 0x8000) == 0 ? size : -size;
  }
}

/** What `unpack` is told. */
@unmanaged
class Unpacking {
  source: usize;
  target: usize;
  type: i32;
  count: i32;
}

/** Numbers in an item. */
const itemNumbers = 4096;

/** Writes halves as float32 numbers, those of items `begin` to before `end`. */
export function unpack(args: usize, begin: i32, end: i32): void {
  const p = changetype<Unpacking>(args);
  const last = min(p.count, end * itemNumbers);
  for (let i = begin * itemNumbers; i < last; i++) {
    store<f32>(p.target + ((<usize>i) << 2), Numbers.one(p.type, p.source + ((<usize>i) << 1)));
  }
}
