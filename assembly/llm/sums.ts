// Sums in an order that does not depend on how they are divided.

@unmanaged
class Sums {
  /** [rows, columns] */
  x: usize;
  output: usize;
  rows: i32;
  columns: i32;
}

/** Numbers in an item of the first kernel, and columns in an item of the second. */
const blockLength = 4096;
const lane = 16;

/** Σ x² of each block of 4096 numbers of a vector of `columns`, in float64: output is f64[blocks]. */
export function squareSums(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Sums>(args);
  for (let block = begin; block < end; block++) {
    const last = min(p.columns, (block + 1) * blockLength);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let i = block * blockLength;
    for (; i + 4 <= last; i += 4) {
      const x = v128.load(p.x + ((<usize>i) << 2));
      const first = f64x2.promote_low_f32x4(x);
      const second = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
      low = f64x2.add(low, f64x2.mul(first, first));
      high = f64x2.add(high, f64x2.mul(second, second));
    }
    low = f64x2.add(low, high);
    let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    for (; i < last; i++) {
      const x = <f64>load<f32>(p.x + ((<usize>i) << 2));
      sum += x * x;
    }
    store<f64>(p.output + ((<usize>block) << 3), sum);
  }
}

/** The sum of all rows, for the blocks of 16 columns from `begin` to before `end`. */
export function columnSums(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Sums>(args);
  const bytes = (<usize>p.columns) << 2;
  const last = min(p.columns, end * lane);
  let column = begin * lane;
  for (; column + 16 <= last; column += 16) {
    let from = p.x + ((<usize>column) << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let row = 0; row < p.rows; row++) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += bytes;
    }
    const to = p.output + ((<usize>column) << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; column < last; column++) {
    let sum: f32 = 0;
    for (let row = 0; row < p.rows; row++) sum += load<f32>(p.x + <usize>row * bytes + ((<usize>column) << 2));
    store<f32>(p.output + ((<usize>column) << 2), sum);
  }
}
