// exp and log(1 + x), each within 2 units in the last place of the exact value.

/**
 * Where the constants lie in their table, in bytes. They are read from memory, since a vector constant in compiled code
 * is put together anew from several instructions wherever it is used.
 */
enum At {
  EXP_2 = 0,
  EXP_3 = 8,
  EXP_4 = 16,
  EXP_5 = 24,
  PER_PART = 32,
  ROUNDING = 40,
  PART_HIGH = 48,
  PART_LOW = 56,
  PARTS = 64,
  LEAST = 72,
  MOST = 80,
  LOG_1 = 88,
  LOG_3 = 96,
  LOG_5 = 104,
  LOG_7 = 112,
  LOG_2 = 120,
  LOG_4 = 128,
  LOG_6 = 136,
  LN2_HIGH = 144,
  LN2_LOW = 152,
  ONE = 160,
  TWO_52 = 168,
  BIASED_TWO_52 = 176,
  TWO = 184,
  HALF = 192,
  ZERO = 200,
  OFFSET = 208,
  MANTISSA = 216,
  ROOT_HALF = 224,
}

// ROUNDING has a last bit that counts ones: adding it rounds to an integer and leaves that integer in the last bits.
// PARTS are the bits that count 64ths of a power of two. (ln 2)/64 = PART_HIGH + PART_LOW and ln 2 = LN2_HIGH + LN2_LOW,
// the first of each with enough zeros at its end to be multiplied by any exponent without rounding. EXP_i are the
// coefficients of the polynomial through exp at the Chebyshev points of |x| ≤ (ln 2)/128, off by less than 5e-18; LOG_i
// are Sun's of log((1 + s)/(1 − s)) − 2s in odd powers of s. exp of LEAST … MOST is a normal number.
// The last three are bit patterns: of 1 less that of √½, the mantissa's, and that of √½.
const table = memory.data<u64>([
  0x3fdffffffffff57d, // EXP_2 = 0.4999999999998506
  0x3fc5555555555255, // EXP_3 = 0.16666666666664534
  0x3fa55556b342389b, // EXP_4 = 0.041666707403338075
  0x3f811111d90623e3, // EXP_5 = 0.008333339152857227
  0x40571547652b82fe, // PER_PART = 64 / ln 2 = 92.33248261689366
  0x4338000000000000, // ROUNDING = 6755399441055744.0
  0x3f862e42fe000000, // PART_HIGH = 0.010830424667801708
  0x3dbf473de6af278f, // PART_LOW = 2.8447437476627285e-11
  0x3f, // PARTS = 63
  0xc086200000000000, // LEAST = -708.0
  0x4086280000000000, // MOST = 709.0
  0x3fe5555555555593, // LOG_1 = 0.6666666666666735
  0x3fd2492494229359, // LOG_3 = 0.2857142874366239
  0x3fc7466496cb03de, // LOG_5 = 0.1818357216161805
  0x3fc2f112df3e5244, // LOG_7 = 0.14798198605116586
  0x3fd999999997fa04, // LOG_2 = 0.3999999999940942
  0x3fcc71c51d8e78af, // LOG_4 = 0.22222198432149784
  0x3fc39a09d078c69f, // LOG_6 = 0.15313837699209373
  0x3fe62e42fee00000, // LN2_HIGH = 0.6931471803691238
  0x3dea39ef35793c76, // LN2_LOW = 1.9082149292705877e-10
  0x3ff0000000000000, // ONE = 1
  0x4330000000000000, // TWO_52 = 4503599627370496.0
  0x43300000000003ff, // BIASED_TWO_52 = 4503599627371519.0
  0x4000000000000000, // TWO = 2
  0x3fe0000000000000, // HALF = 0.5
  0x0, // ZERO = 0
  0x95f619980c433, // OFFSET
  0xfffffffffffff, // MANTISSA
  0x3fe6a09e667f3bcd, // ROOT_HALF
]);

/** 2^(i/64), i = 0 … 63. */
const powersOfTwo = memory.data<u64>([
  0x3ff0000000000000, 0x3ff02c9a3e778061, 0x3ff059b0d3158574, 0x3ff0874518759bc8, 0x3ff0b5586cf9890f,
  0x3ff0e3ec32d3d1a2, 0x3ff11301d0125b51, 0x3ff1429aaea92de0, 0x3ff172b83c7d517b, 0x3ff1a35beb6fcb75,
  0x3ff1d4873168b9aa, 0x3ff2063b88628cd6, 0x3ff2387a6e756238, 0x3ff26b4565e27cdd, 0x3ff29e9df51fdee1,
  0x3ff2d285a6e4030b, 0x3ff306fe0a31b715, 0x3ff33c08b26416ff, 0x3ff371a7373aa9cb, 0x3ff3a7db34e59ff7,
  0x3ff3dea64c123422, 0x3ff4160a21f72e2a, 0x3ff44e086061892d, 0x3ff486a2b5c13cd0, 0x3ff4bfdad5362a27,
  0x3ff4f9b2769d2ca7, 0x3ff5342b569d4f82, 0x3ff56f4736b527da, 0x3ff5ab07dd485429, 0x3ff5e76f15ad2148,
  0x3ff6247eb03a5585, 0x3ff6623882552225, 0x3ff6a09e667f3bcd, 0x3ff6dfb23c651a2f, 0x3ff71f75e8ec5f74,
  0x3ff75feb564267c9, 0x3ff7a11473eb0187, 0x3ff7e2f336cf4e62, 0x3ff82589994cce13, 0x3ff868d99b4492ed,
  0x3ff8ace5422aa0db, 0x3ff8f1ae99157736, 0x3ff93737b0cdc5e5, 0x3ff97d829fde4e50, 0x3ff9c49182a3f090,
  0x3ffa0c667b5de565, 0x3ffa5503b23e255d, 0x3ffa9e6b5579fdbf, 0x3ffae89f995ad3ad, 0x3ffb33a2b84f15fb,
  0x3ffb7f76f2fb5e47, 0x3ffbcc1e904bc1d2, 0x3ffc199bdd85529c, 0x3ffc67f12e57d14b, 0x3ffcb720dcef9069,
  0x3ffd072d4a07897c, 0x3ffd5818dcfba487, 0x3ffda9e603db3285, 0x3ffdfc97337b9b5f, 0x3ffe502ee78b3ff6,
  0x3ffea4afa2a490da, 0x3ffefa1bee615a27, 0x3fff50765b6e4540, 0x3fffa7c1819e90d8,
]);

/** Functions of two numbers at once, compiled into their callers. */
export class Lanes {
  /** A constant in both lanes. */
  @inline
  static constant(at: At): v128 {
    return v128.load64_splat(table + <usize>at);
  }

  /** exp of both lanes; of what is below −708 or above 709, exp of that bound. NaN stays NaN. */
  @inline
  static exp(x: v128): v128 {
    const bounded = f64x2.pmin(f64x2.pmax(x, Lanes.constant(At.LEAST)), Lanes.constant(At.MOST));
    // x = k (ln 2)/64 + r, and k = 64 q + i: exp(x) = 2^q · 2^(i/64) · exp(r).
    const shifted = f64x2.add(f64x2.mul(bounded, Lanes.constant(At.PER_PART)), Lanes.constant(At.ROUNDING));
    const k = f64x2.sub(shifted, Lanes.constant(At.ROUNDING));
    const r = f64x2.sub(
      f64x2.sub(bounded, f64x2.mul(k, Lanes.constant(At.PART_HIGH))),
      f64x2.mul(k, Lanes.constant(At.PART_LOW)),
    );
    const parts = Lanes.constant(At.PARTS);
    const places = i64x2.shl(v128.and(shifted, parts), 3);
    const first = powersOfTwo + <usize>i32x4.extract_lane(places, 0);
    const second = powersOfTwo + <usize>i32x4.extract_lane(places, 2);
    const power = v128.load64_lane(second, v128.load64_zero(first), 1);
    const r2 = f64x2.mul(r, r);
    const q = f64x2.add(
      Lanes.line(Lanes.constant(At.EXP_2), Lanes.constant(At.EXP_3), r),
      f64x2.mul(r2, Lanes.line(Lanes.constant(At.EXP_4), Lanes.constant(At.EXP_5), r)),
    );
    // The largest term is added last, so that its is the only rounding that counts.
    const product = f64x2.add(power, f64x2.mul(power, f64x2.add(r, f64x2.mul(r2, q))));
    return i64x2.add(product, i64x2.shl(v128.andnot(shifted, parts), 46));
  }

  /** log(1 + x) of both lanes, for 0 ≤ x < 2⁵²: Sun's algorithm, which keeps every digit of a small x. */
  @inline
  static logOnePlus(x: v128): v128 {
    const one = Lanes.constant(At.ONE);
    const u = f64x2.add(one, x);
    // What 1 + x lost in rounding, relative to it.
    const lost = f64x2.div(f64x2.sub(x, f64x2.sub(u, one)), u);
    // u = 2^k m with √½ ≤ m < √2.
    const offset = i64x2.add(u, Lanes.constant(At.OFFSET));
    const bits = i64x2.shr_u(offset, 52);
    const k = f64x2.sub(v128.or(bits, Lanes.constant(At.TWO_52)), Lanes.constant(At.BIASED_TWO_52));
    const m = i64x2.add(v128.and(offset, Lanes.constant(At.MANTISSA)), Lanes.constant(At.ROOT_HALF));
    const f = f64x2.sub(m, one);
    const s = f64x2.div(f, f64x2.add(Lanes.constant(At.TWO), f));
    const z = f64x2.mul(s, s);
    const w = f64x2.mul(z, z);
    // log((1 + s)/(1 − s)) = 2s + s R(s²), R by Sun's coefficients.
    const odd = f64x2.mul(
      z,
      f64x2.add(
        Lanes.line(Lanes.constant(At.LOG_1), Lanes.constant(At.LOG_3), w),
        f64x2.mul(f64x2.mul(w, w), Lanes.line(Lanes.constant(At.LOG_5), Lanes.constant(At.LOG_7), w)),
      ),
    );
    const even = f64x2.mul(
      w,
      f64x2.add(
        Lanes.constant(At.LOG_2),
        f64x2.mul(w, Lanes.line(Lanes.constant(At.LOG_4), Lanes.constant(At.LOG_6), w)),
      ),
    );
    const half = f64x2.mul(f64x2.mul(Lanes.constant(At.HALF), f), f);
    const correction = f64x2.add(f64x2.mul(k, Lanes.constant(At.LN2_LOW)), lost);
    const tail = f64x2.add(f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))), correction);
    return f64x2.add(f64x2.mul(k, Lanes.constant(At.LN2_HIGH)), f64x2.sub(f, f64x2.sub(half, tail)));
  }

  /** log(1 + exp(−h)), given exp(−|h|). */
  @inline
  static softplusOfNegative(h: v128, power: v128): v128 {
    return f64x2.add(f64x2.pmax(f64x2.neg(h), Lanes.constant(At.ZERO)), Lanes.logOnePlus(power));
  }

  /** a + b x. */
  @inline
  static line(a: v128, b: v128, x: v128): v128 {
    return f64x2.add(a, f64x2.mul(b, x));
  }
}

/** exp of one number. */
export function expOf(x: f64): f64 {
  return f64x2.extract_lane(Lanes.exp(f64x2.splat(x)), 0);
}

/** log(1 + x) of one number. */
export function logOnePlusOf(x: f64): f64 {
  return f64x2.extract_lane(Lanes.logOnePlus(f64x2.splat(x)), 0);
}
