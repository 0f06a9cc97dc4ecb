/** Functions of four numbers at once, compiled into their callers. */
export class Lanes {
  /** e^x of each lane, to 1.5 units in the last place; below −87 and above 88 the results of these bounds. */
  @inline
  static exp(x: v128): v128 {
    x = f32x4.max(f32x4.splat(-87), f32x4.min(f32x4.splat(88), x));
    // x = n ln 2 + r with |r| ≤ ½ ln 2; ln 2 in two parts, so that n times the first is exact.
    const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
    let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
    r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
    // The Taylor polynomial of degree 7 in Horner's form: its remainder is below 1e-8 there.
    let p = f32x4.splat(1.0 / 5040);
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
    p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
    // Times 2ⁿ: n is added to the exponent's bits.
    return i32x4.add(p, i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 23));
  }
}

/** e^x of one number, as the lanes have it. */
export function exponentialOf(x: f32): f32 {
  return f32x4.extract_lane(Lanes.exp(f32x4.splat(x)), 0);
}
