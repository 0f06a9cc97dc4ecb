// Rows of features, in blocks: the rows of a block lie interleaved by pairs of coordinates, so that one pointer walks
// through all of them at once and memory is read in order. Row k's coordinates 2c and 2c + 1 lie 16 (c · count + k)
// bytes into a block of `count` rows. Vectors are padded with a zero to an even length; `pairs` is half of that.
//
// The sums over coordinates keep one pair of partial sums a row (four for a lone row), whatever else is computed beside
// it, so that a number never depends on what it is computed together with.

/** The functions of a tile of N neighbouring rows, compiled once for every N. */
export class Tile {
  /**
   * Writes the inner products of N rows with a vector, and a zero after them where N is odd. Neighbouring rows lie
   * `rowStep` bytes apart; where the compiler knows how many, one address serves all rows.
   */
  @inline
  static products(N: i32, rows: usize, rowStep: usize, pairStep: usize, vector: usize, pairs: i32, out: usize): void {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    let e = f64x2.splat(0);
    let f = f64x2.splat(0);
    let g = f64x2.splat(0);
    const end = vector + ((<usize>pairs) << 4);
    while (vector < end) {
      const x = v128.load(vector);
      let at = rows;
      a = f64x2.add(a, f64x2.mul(x, v128.load(at)));
      if (N > 1) b = f64x2.add(b, f64x2.mul(x, v128.load((at += rowStep))));
      if (N > 2) c = f64x2.add(c, f64x2.mul(x, v128.load((at += rowStep))));
      if (N > 3) d = f64x2.add(d, f64x2.mul(x, v128.load((at += rowStep))));
      if (N > 4) e = f64x2.add(e, f64x2.mul(x, v128.load((at += rowStep))));
      if (N > 5) f = f64x2.add(f, f64x2.mul(x, v128.load((at += rowStep))));
      if (N > 6) g = f64x2.add(g, f64x2.mul(x, v128.load((at += rowStep))));
      vector += 16;
      rows += pairStep;
    }
    v128.store(out, Tile.sums(a, b));
    if (N > 2) v128.store(out, Tile.sums(c, d), 16);
    if (N > 4) v128.store(out, Tile.sums(e, f), 32);
    if (N > 6) v128.store(out, Tile.sums(g, f64x2.splat(0)), 48);
  }

  /**
   * Writes the inner products of rows with a vector, and a zero after them where their number is odd. Neighbouring rows
   * lie `rowStep` bytes apart, and neighbouring pairs of coordinates `pairStep`.
   */
  @inline
  static productsOf(
    rows: usize,
    count: i32,
    rowStep: usize,
    pairStep: usize,
    vector: usize,
    pairs: i32,
    out: usize,
  ): void {
    // An even number of rows at once, so that whole vectors are written, but for the last ones: more than seven would not
    // find a register each.
    let left = count;
    for (; left > 7; left -= 6, rows += 6 * rowStep, out += 48) {
      Tile.products(6, rows, rowStep, pairStep, vector, pairs, out);
    }
    switch (left) {
      case 7:
        return Tile.products(7, rows, rowStep, pairStep, vector, pairs, out);
      case 6:
        return Tile.products(6, rows, rowStep, pairStep, vector, pairs, out);
      case 5:
        return Tile.products(5, rows, rowStep, pairStep, vector, pairs, out);
      case 4:
        return Tile.products(4, rows, rowStep, pairStep, vector, pairs, out);
      case 3:
        return Tile.products(3, rows, rowStep, pairStep, vector, pairs, out);
      case 2:
        return Tile.products(2, rows, rowStep, pairStep, vector, pairs, out);
      case 1:
        return v128.store(out, f64x2.replace_lane(f64x2.splat(0), 0, product(rows, vector, pairs)));
    }
  }

  /** The sum of the lanes of each of two vectors. */
  @inline
  static sums(a: v128, b: v128): v128 {
    return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
  }

  /** One pair of coordinates of the sum of N rows, each times its coefficient. */
  @inline
  static sum(N: i32, rows: usize, p: v128, q: v128, r: v128, s: v128, t: v128, u: v128, v: v128, w: v128): v128 {
    let sum = f64x2.mul(p, v128.load(rows));
    if (N > 1) sum = f64x2.add(sum, f64x2.mul(q, v128.load(rows, 16)));
    if (N > 2) sum = f64x2.add(sum, f64x2.mul(r, v128.load(rows, 32)));
    if (N > 3) sum = f64x2.add(sum, f64x2.mul(s, v128.load(rows, 48)));
    if (N > 4) sum = f64x2.add(sum, f64x2.mul(t, v128.load(rows, 64)));
    if (N > 5) sum = f64x2.add(sum, f64x2.mul(u, v128.load(rows, 80)));
    if (N > 6) sum = f64x2.add(sum, f64x2.mul(v, v128.load(rows, 96)));
    if (N > 7) sum = f64x2.add(sum, f64x2.mul(w, v128.load(rows, 112)));
    return sum;
  }

  /** Adds N rows, each times its coefficient and all times `stepSize`, to a vector. */
  @inline
  static add(N: i32, rows: usize, stride: usize, coefficients: usize, stepSize: f64, vector: usize, pairs: i32): void {
    const length = f64x2.splat(stepSize);
    const p = f64x2.mul(length, v128.load64_splat(coefficients));
    const q = N > 1 ? f64x2.mul(length, v128.load64_splat(coefficients, 8)) : p;
    const r = N > 2 ? f64x2.mul(length, v128.load64_splat(coefficients, 16)) : p;
    const s = N > 3 ? f64x2.mul(length, v128.load64_splat(coefficients, 24)) : p;
    const t = N > 4 ? f64x2.mul(length, v128.load64_splat(coefficients, 32)) : p;
    const u = N > 5 ? f64x2.mul(length, v128.load64_splat(coefficients, 40)) : p;
    const v = N > 6 ? f64x2.mul(length, v128.load64_splat(coefficients, 48)) : p;
    const w = N > 7 ? f64x2.mul(length, v128.load64_splat(coefficients, 56)) : p;
    const end = vector + ((<usize>pairs) << 4);
    while (vector < end) {
      v128.store(vector, f64x2.add(v128.load(vector), Tile.sum(N, rows, p, q, r, s, t, u, v, w)));
      vector += 16;
      rows += stride;
    }
  }

  /** Writes one pair of coordinates of a moved point, as `move`, and returns it. */
  @inline
  static moved(point: usize, sum: usize, scale: v128, step: v128): v128 {
    const before = f64x2.mul(scale, v128.load(point));
    const after = f64x2.sub(before, step);
    v128.store(sum, f64x2.add(v128.load(sum), before));
    v128.store(point, after);
    return after;
  }

  /** As `moveBy`, along the sum of N rows, each times its coefficient. */
  @inline
  static move(
    N: i32,
    rows: usize,
    coefficients: usize,
    stepSize: f64,
    scale: f64,
    point: usize,
    sum: usize,
    pairs: i32,
  ): f64 {
    const length = f64x2.splat(stepSize);
    const p = f64x2.mul(length, v128.load64_splat(coefficients));
    const q = N > 1 ? f64x2.mul(length, v128.load64_splat(coefficients, 8)) : p;
    const r = N > 2 ? f64x2.mul(length, v128.load64_splat(coefficients, 16)) : p;
    const s = N > 3 ? f64x2.mul(length, v128.load64_splat(coefficients, 24)) : p;
    const t = N > 4 ? f64x2.mul(length, v128.load64_splat(coefficients, 32)) : p;
    const u = N > 5 ? f64x2.mul(length, v128.load64_splat(coefficients, 40)) : p;
    const v = N > 6 ? f64x2.mul(length, v128.load64_splat(coefficients, 48)) : p;
    const w = N > 7 ? f64x2.mul(length, v128.load64_splat(coefficients, 56)) : p;
    const factor = f64x2.splat(scale);
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    let left = pairs;
    for (; left >= 2; left -= 2) {
      const one = Tile.moved(point, sum, factor, Tile.sum(N, rows, p, q, r, s, t, u, v, w));
      even = f64x2.add(even, f64x2.mul(one, one));
      rows += N << 4;
      const other = Tile.moved(point + 16, sum + 16, factor, Tile.sum(N, rows, p, q, r, s, t, u, v, w));
      odd = f64x2.add(odd, f64x2.mul(other, other));
      rows += N << 4;
      point += 32;
      sum += 32;
    }
    if (left === 1) {
      const last = Tile.moved(point, sum, factor, Tile.sum(N, rows, p, q, r, s, t, u, v, w));
      even = f64x2.add(even, f64x2.mul(last, last));
    }
    const squares = f64x2.add(even, odd);
    return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  }
}

/** How many coefficients `addRows` and `moveByRows` read, whatever the number of rows: so many must be there. */
export const MOST_ROWS = 8;

/** Writes the inner products of a block's rows with a vector, and a zero after them where their number is odd. */
export function products(rows: usize, count: i32, vector: usize, pairs: i32, out: usize): void {
  Tile.productsOf(rows, count, 16, (<usize>count) << 4, vector, pairs, out);
}

/** The inner product of two vectors. */
export function product(a: usize, b: usize, pairs: i32): f64 {
  let p = f64x2.splat(0);
  let q = f64x2.splat(0);
  let r = f64x2.splat(0);
  let s = f64x2.splat(0);
  let left = pairs;
  for (; left >= 4; left -= 4, a += 64, b += 64) {
    p = f64x2.add(p, f64x2.mul(v128.load(a), v128.load(b)));
    q = f64x2.add(q, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    r = f64x2.add(r, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    s = f64x2.add(s, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
  }
  for (; left > 0; left--, a += 16, b += 16) p = f64x2.add(p, f64x2.mul(v128.load(a), v128.load(b)));
  const sum = f64x2.add(f64x2.add(p, q), f64x2.add(r, s));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Adds a block's rows, each times its coefficient and all times `stepSize`, to a vector. */
export function addRows(rows: usize, count: i32, coefficients: usize, stepSize: f64, vector: usize, pairs: i32): void {
  const stride = (<usize>count) << 4;
  let left = count;
  for (; left >= 8; left -= 8, rows += 128, coefficients += 64) {
    Tile.add(8, rows, stride, coefficients, stepSize, vector, pairs);
  }
  switch (left) {
    case 7:
      return Tile.add(7, rows, stride, coefficients, stepSize, vector, pairs);
    case 6:
      return Tile.add(6, rows, stride, coefficients, stepSize, vector, pairs);
    case 5:
      return Tile.add(5, rows, stride, coefficients, stepSize, vector, pairs);
    case 4:
      return Tile.add(4, rows, stride, coefficients, stepSize, vector, pairs);
    case 3:
      return Tile.add(3, rows, stride, coefficients, stepSize, vector, pairs);
    case 2:
      return Tile.add(2, rows, stride, coefficients, stepSize, vector, pairs);
    case 1:
      return Tile.add(1, rows, stride, coefficients, stepSize, vector, pairs);
  }
}

/** As `moveBy`, along the sum of a block's rows (1 … MOST_ROWS), each times its coefficient. */
export function moveByRows(
  rows: usize,
  count: i32,
  coefficients: usize,
  stepSize: f64,
  scale: f64,
  point: usize,
  sum: usize,
  pairs: i32,
): f64 {
  switch (count) {
    case 8:
      return Tile.move(8, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 7:
      return Tile.move(7, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 6:
      return Tile.move(6, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 5:
      return Tile.move(5, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 4:
      return Tile.move(4, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 3:
      return Tile.move(3, rows, coefficients, stepSize, scale, point, sum, pairs);
    case 2:
      return Tile.move(2, rows, coefficients, stepSize, scale, point, sum, pairs);
    default:
      return Tile.move(1, rows, coefficients, stepSize, scale, point, sum, pairs);
  }
}

/**
 * Multiplies the point by `scale`, adds it to the sum of points and takes `stepSize` times a vector from it.
 * Returns the square of the new point's norm.
 */
export function moveBy(vector: usize, stepSize: f64, scale: f64, point: usize, sum: usize, pairs: i32): f64 {
  const length = f64x2.splat(stepSize);
  const factor = f64x2.splat(scale);
  let squares = f64x2.splat(0);
  const end = point + ((<usize>pairs) << 4);
  while (point < end) {
    const after = Tile.moved(point, sum, factor, f64x2.mul(length, v128.load(vector)));
    squares = f64x2.add(squares, f64x2.mul(after, after));
    point += 16;
    sum += 16;
    vector += 16;
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/** Adds a vector to another. */
export function addVector(vector: usize, to: usize, pairs: i32): void {
  for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
    v128.store(to + at, f64x2.add(v128.load(to + at), v128.load(vector + at)));
  }
}

/** Writes `scale` times a vector, which may be `out` itself. */
export function scaled(vector: usize, scale: f64, out: usize, pairs: i32): void {
  const factor = f64x2.splat(scale);
  for (let at: usize = 0; at < (<usize>pairs) << 4; at += 16) {
    v128.store(out + at, f64x2.mul(factor, v128.load(vector + at)));
  }
}
