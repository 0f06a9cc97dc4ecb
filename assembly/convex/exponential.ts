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
  EXP_6 = 32,
  EXP_7 = 40,
  EXP_8 = 48,
  EXP_9 = 56,
  EXP_10 = 64,
  EXP_11 = 72,
  LOG_1 = 80,
  LOG_3 = 88,
  LOG_5 = 96,
  LOG_7 = 104,
  LOG_4 = 112,
  LOG_6 = 120,
  LOG2_E = 128,
  ROUNDING = 136,
  LN2_HIGH = 144,
  LN2_LOW = 152,
  ONE = 160,
  LEAST = 168,
  TWO_52 = 176,
  BIASED_TWO_52 = 184,
  TWO = 192,
  LOG_2 = 200,
  HALF = 208,
  ZERO = 216,
  OFFSET = 224,
  MANTISSA = 232,
  ROOT_HALF = 240,
}

// ROUNDING has a last bit that counts ones: adding it rounds to an integer and leaves that integer in the last bits.
// ln 2 = LN2_HIGH + LN2_LOW, the first with enough zeros at its end to be multiplied by any exponent without rounding.
// EXP_i are the coefficients of the polynomial through exp at the Chebyshev points of |x| ≤ ½ ln 2, off by less than
// 1e-17; LOG_i are Sun's of log((1 + s)/(1 − s)) − 2s in odd powers of s. Below LEAST, exp is no normal number.
// The last three are bit patterns: of 1 less that of √½, the mantissa's, and that of √½.
const table = memory.data<u64>([
  0x3fe0000000000011, // EXP_2 = 0.5000000000000019
  0x3fc555555555555a, // EXP_3 = 0.1666666666666668
  0x3fa555555554f0cf, // EXP_4 = 0.0416666666664881
  0x3f8111111110f225, // EXP_5 = 0.008333333333319601
  0x3f56c16c187fbe02, // EXP_6 = 0.0013888888952314775
  0x3f2a01a01b14378f, // EXP_7 = 0.00019841269890047113
  0x3efa01991ac8730a, // EXP_8 = 2.4801485482328494e-05
  0x3ec71ddf5749d126, // EXP_9 = 2.755724091857897e-06
  0x3e928b4057f44145, // EXP_10 = 2.763263963904103e-07
  0x3e5af631d0059bec, // EXP_11 = 2.5110037605963777e-08
  0x3fe5555555555593, // LOG_1 = 0.6666666666666735
  0x3fd2492494229359, // LOG_3 = 0.2857142874366239
  0x3fc7466496cb03de, // LOG_5 = 0.1818357216161805
  0x3fc2f112df3e5244, // LOG_7 = 0.14798198605116586
  0x3fcc71c51d8e78af, // LOG_4 = 0.22222198432149784
  0x3fc39a09d078c69f, // LOG_6 = 0.15313837699209373
  0x3ff71547652b82fe, // LOG2_E = 1.4426950408889634
  0x4338000000000000, // ROUNDING = 6755399441055744.0
  0x3fe62e42fee00000, // LN2_HIGH = 0.6931471803691238
  0x3dea39ef35793c76, // LN2_LOW = 1.9082149292705877e-10
  0x3ff0000000000000, // ONE = 1
  0xc086200000000000, // LEAST = -708.0
  0x4330000000000000, // TWO_52 = 4503599627370496.0
  0x43300000000003ff, // BIASED_TWO_52 = 4503599627371519.0
  0x4000000000000000, // TWO = 2
  0x3fd999999997fa04, // LOG_2 = 0.3999999999940942
  0x3fe0000000000000, // HALF = 0.5
  0x0, // ZERO = 0
  0x95f619980c433, // OFFSET
  0xfffffffffffff, // MANTISSA
  0x3fe6a09e667f3bcd, // ROOT_HALF
]);

/** Functions of two numbers at once, compiled into their callers. */
export class Lanes {
  /** A constant in both lanes. */
  @inline
  static constant(at: At): v128 {
    return v128.load64_splat(table + <usize>at);
  }

  /** exp of both lanes, for x ≤ 709; 0 below −708, where it is less than 4e-308. NaN stays NaN. */
  @inline
  static exp(x: v128): v128 {
    const shifted = f64x2.add(f64x2.mul(x, Lanes.constant(At.LOG2_E)), Lanes.constant(At.ROUNDING));
    const exponent = f64x2.sub(shifted, Lanes.constant(At.ROUNDING));
    const r = f64x2.sub(
      f64x2.sub(x, f64x2.mul(exponent, Lanes.constant(At.LN2_HIGH))),
      f64x2.mul(exponent, Lanes.constant(At.LN2_LOW)),
    );
    // Degree 11, the polynomial through exp at the Chebyshev points of |r| ≤ ½ ln 2, off by less than 1e-17.
    const r2 = f64x2.mul(r, r);
    const r4 = f64x2.mul(r2, r2);
    const r8 = f64x2.mul(r4, r4);
    const p01 = f64x2.add(Lanes.constant(At.ONE), r);
    const p23 = Lanes.line(Lanes.constant(At.EXP_2), Lanes.constant(At.EXP_3), r);
    const p45 = Lanes.line(Lanes.constant(At.EXP_4), Lanes.constant(At.EXP_5), r);
    const p67 = Lanes.line(Lanes.constant(At.EXP_6), Lanes.constant(At.EXP_7), r);
    const p89 = Lanes.line(Lanes.constant(At.EXP_8), Lanes.constant(At.EXP_9), r);
    const pab = Lanes.line(Lanes.constant(At.EXP_10), Lanes.constant(At.EXP_11), r);
    const high = f64x2.mul(r8, f64x2.add(p89, f64x2.mul(r2, pab)));
    const middle = f64x2.mul(r4, f64x2.add(p45, f64x2.mul(r2, p67)));
    // The largest terms are added last, so that theirs is the only rounding that counts.
    const p = f64x2.add(p01, f64x2.add(f64x2.mul(r2, p23), f64x2.add(middle, high)));
    const scaled = i64x2.add(p, i64x2.shl(shifted, 52));
    return v128.andnot(scaled, f64x2.lt(x, Lanes.constant(At.LEAST)));
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
