/** The inner product of two vectors of f64 at byte addresses `a` and `b`. */
export function dot(a: usize, b: usize, length: i32): f64 {
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const at = (<usize>i) << 3;
    first = f64x2.add(first, f64x2.mul(v128.load(a + at), v128.load(b + at)));
    second = f64x2.add(second, f64x2.mul(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  const both = f64x2.add(first, second);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < length; i++) sum += load<f64>(a + ((<usize>i) << 3)) * load<f64>(b + ((<usize>i) << 3));
  return sum;
}
