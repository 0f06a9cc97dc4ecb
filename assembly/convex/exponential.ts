// exp and log(1 + x), each within 2 units in the last place of the exact value.

// A number whose last bits count ones: adding it rounds to an integer and leaves that integer in the last bits.
const ROUNDING = 6755399441055744.0; // 1.5 · 2⁵²
const LOG2_E = 1.4426950408889634;
// ln 2 = LN2_HIGH + LN2_LOW, the first with enough zeros at its end to be multiplied by any exponent without rounding.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Below, exp is less than the least normal number. */
const LEAST = -708.0;

/** Functions of two numbers at once, compiled into their callers. */
export class Lanes {
  /** exp of both lanes, for x ≤ 709; 0 below −708, where it is less than 4e-308. NaN stays NaN. */
  @inline
  static exp(x: v128): v128 {
    const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(ROUNDING));
    const exponent = f64x2.sub(shifted, f64x2.splat(ROUNDING));
    const r = f64x2.sub(
      f64x2.sub(x, f64x2.mul(exponent, f64x2.splat(LN2_HIGH))),
      f64x2.mul(exponent, f64x2.splat(LN2_LOW)),
    );
    // Degree 11, the polynomial through exp at the Chebyshev points of |r| ≤ ½ ln 2, off by less than 1e-17.
    const r2 = f64x2.mul(r, r);
    const r4 = f64x2.mul(r2, r2);
    const r8 = f64x2.mul(r4, r4);
    const p01 = f64x2.add(f64x2.splat(1), r);
    const p23 = Lanes.line(0.5000000000000019, 0.1666666666666668, r);
    const p45 = Lanes.line(0.0416666666664881, 0.008333333333319601, r);
    const p67 = Lanes.line(0.0013888888952314775, 0.00019841269890047113, r);
    const p89 = Lanes.line(2.4801485482328494e-5, 2.755724091857897e-6, r);
    const pab = Lanes.line(2.763263963904103e-7, 2.5110037605963777e-8, r);
    const high = f64x2.mul(r8, f64x2.add(p89, f64x2.mul(r2, pab)));
    const middle = f64x2.mul(r4, f64x2.add(p45, f64x2.mul(r2, p67)));
    // The largest terms are added last, so that theirs is the only rounding that counts.
    const p = f64x2.add(p01, f64x2.add(f64x2.mul(r2, p23), f64x2.add(middle, high)));
    const scaled = i64x2.add(p, i64x2.shl(shifted, 52));
    return v128.andnot(scaled, f64x2.lt(x, f64x2.splat(LEAST)));
  }

  /** log(1 + x) of both lanes, for 0 ≤ x < 2⁵²: Sun's algorithm, which keeps every digit of a small x. */
  @inline
  static logOnePlus(x: v128): v128 {
    const one = f64x2.splat(1);
    const u = f64x2.add(one, x);
    // What 1 + x lost in rounding, relative to it.
    const lost = f64x2.div(f64x2.sub(x, f64x2.sub(u, one)), u);
    // u = 2^k m with √½ ≤ m < √2.
    const offset = i64x2.add(u, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
    const bits = i64x2.shr_u(offset, 52);
    const k = f64x2.sub(v128.or(bits, f64x2.splat(4503599627370496.0)), f64x2.splat(4503599627370496.0 + 1023.0));
    const m = i64x2.add(v128.and(offset, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
    const f = f64x2.sub(m, one);
    const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
    const z = f64x2.mul(s, s);
    const w = f64x2.mul(z, z);
    // log((1 + s)/(1 − s)) = 2s + s R(s²), R by Sun's coefficients.
    const odd = f64x2.mul(
      z,
      f64x2.add(
        Lanes.line(0.6666666666666735, 0.2857142874366239, w),
        f64x2.mul(f64x2.mul(w, w), Lanes.line(0.1818357216161805, 0.14798198605116586, w)),
      ),
    );
    const even = f64x2.mul(
      w,
      f64x2.add(f64x2.splat(0.3999999999940942), f64x2.mul(w, Lanes.line(0.22222198432149784, 0.15313837699209373, w))),
    );
    const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
    const correction = f64x2.add(f64x2.mul(k, f64x2.splat(LN2_LOW)), lost);
    const tail = f64x2.add(f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))), correction);
    return f64x2.add(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.sub(f, f64x2.sub(half, tail)));
  }

  /** log(1 + exp(−h)), given exp(−|h|). */
  @inline
  static softplusOfNegative(h: v128, power: v128): v128 {
    return f64x2.add(f64x2.pmax(f64x2.neg(h), f64x2.splat(0)), Lanes.logOnePlus(power));
  }

  /** a + b x. */
  @inline
  static line(a: f64, b: f64, x: v128): v128 {
    return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), x));
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
