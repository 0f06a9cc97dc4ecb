// Products of matrices in float32: operands are copied into narrow panels, k after k, which a register-blocked kernel
// then multiplies (Goto and van de Geijn 2008). Transposed operands differ in how they are copied, and in nothing else.
//
// Every element of a product is summed in an order that depends on the shapes alone, so that its bits do not depend on
// how the work was divided. B may be stored in halves: they are made float32 where they are copied, and nothing else
// differs.
import { BFLOAT16, bytesLog, FLOAT16, FLOAT32, Numbers } from './numbers';

/** A kernel's tile: 4 rows by 8 columns keep 8 sums in the 16 registers of x86; larger tiles spill. */
const tileRows = 4;
const tileColumns = 8;
/** A block's depth: an 8-column panel of it (8 KiB) stays in the first-level cache. */
const blockDepth = 256;
/** Rows and columns of a block, which together (384 KiB) stay in the second-level cache. */
const blockRows = 128;
const blockColumns = 256;

/** Bytes that a thread needs for its copies of two blocks and a tile. */
export const matmulScratch: i32 = 4 * (blockDepth * (blockRows + blockColumns) + tileRows * tileColumns);

// Where a product is divided among threads.
const byBatch = 0;
const byRows = 1;

/** The arguments of a product, in memory: C = op(A) op(B) + bias for `batch` pairs of matrices. */
@unmanaged
class Product {
  a: usize;
  b: usize;
  c: usize;
  rows: i32;
  columns: i32;
  depth: i32;
  transposeA: i32;
  transposeB: i32;
  /** Floats from one matrix to the next; 0 repeats one matrix. */
  strideA: i32;
  strideB: i32;
  strideC: i32;
  /** What `begin` and `end` count: pairs of the batch, or rows or columns of one product. */
  division: i32;
  /** What is added to every row of one product, [columns], or 0. */
  bias: usize;
  /** How the numbers of B are stored. */
  typeB: i32;
  /** Floats from one stored row of A, and from one row of C, to the next. */
  lda: i32;
  ldc: i32;
  /** Where B is some rows of a matrix, which come in whole blocks one after the other: whether some came before, and C holds their sums. */
  onto: i32;
  /** And whether more follow. */
  unfinished: i32;
}

/** The pairs, rows (from a multiple of 4) or columns (from a multiple of 8) from `begin` to before `end`. */
export function matmul(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Product>(args);
  const ldb = p.transposeB ? p.depth : p.columns;
  const logB = bytesLog(p.typeB);
  if (p.division == byBatch) {
    for (let i = begin; i < end; i++) {
      const a = p.a + ((<usize>(p.strideA * i)) << 2);
      const b = p.b + ((<usize>(p.strideB * i)) << logB);
      const c = p.c + ((<usize>(p.strideC * i)) << 2);
      if (p.rows < tileRows) thin(a, b, c, p, 0, p.columns);
      else part(p, a, b, c, p.bias, p.rows, p.columns, scratch);
    }
  } else if (p.division == byRows) {
    const a = p.a + ((<usize>(p.transposeA ? begin : begin * p.lda)) << 2);
    const c = p.c + ((<usize>(begin * p.ldc)) << 2);
    part(p, a, p.b, c, p.bias, end - begin, p.columns, scratch);
  } else if (p.rows < tileRows) {
    thin(p.a, p.b, p.c, p, begin, end);
  } else {
    const b = p.b + ((<usize>(p.transposeB ? begin * ldb : begin)) << logB);
    const c = p.c + ((<usize>begin) << 2);
    const bias: usize = p.bias == 0 ? 0 : p.bias + ((<usize>begin) << 2);
    part(p, p.a, b, c, bias, p.rows, end - begin, scratch);
  }
}

/** Some rows or columns of a product, whose operands and results begin where it says. */
function part(p: Product, a: usize, b: usize, c: usize, bias: usize, rows: i32, columns: i32, scratch: usize): void {
  const ldb = p.transposeB ? p.depth : p.columns;
  const addend = p.onto ? c : bias;
  const lds = p.onto ? p.ldc : 0;
  blockOf(
    p.typeB,
    a,
    p.lda,
    p.transposeA,
    b,
    ldb,
    p.transposeB,
    c,
    p.ldc,
    addend,
    lds,
    rows,
    columns,
    p.depth,
    scratch,
  );
}

/**
 * C [rows, columns] = op(A) op(B) + S; ld* are floats from one stored row to the next. S may be C itself, or 0; where its
 * rows are no floats apart, it is one row.
 */
export function block(
  a: usize,
  lda: i32,
  transposeA: i32,
  b: usize,
  ldb: i32,
  transposeB: i32,
  c: usize,
  ldc: i32,
  addend: usize,
  lds: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  scratch: usize,
): void {
  blockOf(FLOAT32, a, lda, transposeA, b, ldb, transposeB, c, ldc, addend, lds, rows, columns, depth, scratch);
}

/** The same with the numbers of B stored in a type. */
function blockOf(
  typeB: i32,
  a: usize,
  lda: i32,
  transposeA: i32,
  b: usize,
  ldb: i32,
  transposeB: i32,
  c: usize,
  ldc: i32,
  addend: usize,
  lds: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  scratch: usize,
): void {
  const logB = bytesLog(typeB);
  const packedA = scratch;
  const packedB = packedA + 4 * blockDepth * blockRows;
  const tile = packedB + 4 * blockDepth * blockColumns;
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    for (let k = 0; k < depth; k += blockDepth) {
      const deep = min(blockDepth, depth - k);
      const from = b + ((<usize>(transposeB ? column * ldb + k : k * ldb + column)) << logB);
      packB(typeB, from, ldb, transposeB, width, deep, packedB);
      for (let row = 0; row < rows; row += blockRows) {
        const height = min(blockRows, rows - row);
        if (transposeA) packDirect(a + ((<usize>(k * lda + row)) << 2), lda, height, deep, tileRows, packedA);
        else packStrided(a + ((<usize>(row * lda + k)) << 2), lda, height, deep, tileRows, packedA);
        const at = c + ((<usize>(row * ldc + column)) << 2);
        const first: usize = addend == 0 ? 0 : addend + ((<usize>(row * lds + column)) << 2);
        if (k == 0) panels(packedA, packedB, at, ldc, first, lds, height, width, deep, tile);
        else panels(packedA, packedB, at, ldc, at, ldc, height, width, deep, tile);
      }
    }
  }
}

/** Multiplies packed blocks tile by tile into C, with a matrix added whose rows are lds floats apart, unless it is 0. */
function panels(
  packedA: usize,
  packedB: usize,
  c: usize,
  ldc: i32,
  addend: usize,
  lds: i32,
  rows: i32,
  columns: i32,
  depth: i32,
  tile: usize,
): void {
  const rowBytes = (<usize>ldc) << 2;
  const addendBytes = (<usize>lds) << 2;
  for (let column = 0; column < columns; column += tileColumns) {
    const panelB = packedB + ((<usize>(column * depth)) << 2);
    for (let row = 0; row < rows; row += tileRows) {
      const panelA = packedA + ((<usize>(row * depth)) << 2);
      const at = c + <usize>row * rowBytes + ((<usize>column) << 2);
      const from: usize = addend == 0 ? 0 : addend + <usize>row * addendBytes + ((<usize>column) << 2);
      if (row + tileRows <= rows && column + tileColumns <= columns) {
        multiply(depth, panelA, panelB, at, rowBytes, from, addendBytes);
      } else {
        multiply(depth, panelA, panelB, tile, 4 * tileColumns, 0, 0);
        const height = min(tileRows, rows - row);
        copyTile(tile, at, rowBytes, from, addendBytes, height, min(tileColumns, columns - column));
      }
    }
  }
}

/** The part of a tile that lies inside of C, with what is to be added. */
function copyTile(
  tile: usize,
  c: usize,
  rowBytes: usize,
  addend: usize,
  addendBytes: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = load<f32>(tile + ((<usize>(i * tileColumns + j)) << 2));
      const added = addend == 0 ? value : load<f32>(addend + <usize>i * addendBytes + ((<usize>j) << 2)) + value;
      store<f32>(c + ((<usize>j) << 2), added);
    }
    c += rowBytes;
  }
}

/**
 * A 4 × 8 tile: Σ_k a[k][4] b[k][8]. The loop's body is two steps with a way out between them: V8 moves all loads of a
 * straight piece of code to its beginning, and those of two steps do not fit into the registers.
 */
function multiply(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, addend: usize, addendBytes: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = b + <usize>(depth * tileColumns) * 4;
  while (true) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x0, left));
    c01 = f32x4.add(c01, f32x4.mul(x0, right));
    const x1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x1, left));
    c11 = f32x4.add(c11, f32x4.mul(x1, right));
    const x2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x2, left));
    c21 = f32x4.add(c21, f32x4.mul(x2, right));
    const x3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x3, left));
    c31 = f32x4.add(c31, f32x4.mul(x3, right));
    if (b + 4 * tileColumns == end) break;
    const nextLeft = v128.load(b, 32);
    const nextRight = v128.load(b, 48);
    const y0 = v128.load32_splat(a, 16);
    c00 = f32x4.add(c00, f32x4.mul(y0, nextLeft));
    c01 = f32x4.add(c01, f32x4.mul(y0, nextRight));
    const y1 = v128.load32_splat(a, 20);
    c10 = f32x4.add(c10, f32x4.mul(y1, nextLeft));
    c11 = f32x4.add(c11, f32x4.mul(y1, nextRight));
    const y2 = v128.load32_splat(a, 24);
    c20 = f32x4.add(c20, f32x4.mul(y2, nextLeft));
    c21 = f32x4.add(c21, f32x4.mul(y2, nextRight));
    const y3 = v128.load32_splat(a, 28);
    c30 = f32x4.add(c30, f32x4.mul(y3, nextLeft));
    c31 = f32x4.add(c31, f32x4.mul(y3, nextRight));
    a += 2 * 4 * tileRows;
    b += 2 * 4 * tileColumns;
    if (b == end) break;
  }
  const adding = addend != 0;
  storeRow(c, c00, c01, addend, adding);
  storeRow(c + rowBytes, c10, c11, addend + addendBytes, adding);
  storeRow(c + 2 * rowBytes, c20, c21, addend + 2 * addendBytes, adding);
  storeRow(c + 3 * rowBytes, c30, c31, addend + 3 * addendBytes, adding);
}

function storeRow(c: usize, left: v128, right: v128, addend: usize, adding: bool): void {
  if (adding) {
    left = f32x4.add(v128.load(addend), left);
    right = f32x4.add(v128.load(addend, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** A block of B in panels of a tile's columns. */
function packB(typeB: i32, from: usize, ldb: i32, transposeB: i32, width: i32, depth: i32, packed: usize): void {
  if (typeB == FLOAT32) {
    if (transposeB) packStrided(from, ldb, width, depth, tileColumns, packed);
    else packDirect(from, ldb, width, depth, tileColumns, packed);
  } else if (typeB == BFLOAT16) {
    if (transposeB) Halves.packStrided(BFLOAT16, from, ldb, width, depth, packed);
    else Halves.packDirect(BFLOAT16, from, ldb, width, depth, packed);
  } else {
    if (transposeB) Halves.packStrided(FLOAT16, from, ldb, width, depth, packed);
    else Halves.packDirect(FLOAT16, from, ldb, width, depth, packed);
  }
}

/** Panels of 8 neighbours of an operand that is stored in halves, compiled once for each type. */
class Halves {
  /** As `packDirect`. */
  @inline
  static packDirect(type: i32, source: usize, ld: i32, count: i32, depth: i32, target: usize): void {
    const rowBytes = (<usize>ld) << 1;
    for (let first = 0; first < count; first += tileColumns) {
      let from = source + ((<usize>first) << 1);
      if (first + tileColumns <= count) {
        for (let k = 0; k < depth; k++) {
          const halves = v128.load(from);
          v128.store(target, Numbers.low(type, halves));
          v128.store(target, Numbers.high(type, halves), 16);
          target += 4 * tileColumns;
          from += rowBytes;
        }
      } else {
        for (let k = 0; k < depth; k++) {
          for (let i = 0; i < tileColumns; i++) {
            store<f32>(target, first + i < count ? Numbers.one(type, from + ((<usize>i) << 1)) : 0);
            target += 4;
          }
          from += rowBytes;
        }
      }
    }
  }

  /** As `packStrided`. */
  @inline
  static packStrided(type: i32, source: usize, ld: i32, count: i32, depth: i32, target: usize): void {
    const rowBytes = (<usize>ld) << 1;
    const step: usize = 4 * tileColumns;
    for (let first = 0; first < count; first += tileColumns) {
      for (let half = 0; half < tileColumns; half += 4) {
        let from = source + <usize>(first + half) * rowBytes;
        let to = target + ((<usize>half) << 2);
        const present = count - first - half;
        let k = 0;
        if (present >= 4) {
          for (; k + 8 <= depth; k += 8) {
            const r0 = v128.load(from);
            const r1 = v128.load(from + rowBytes);
            const r2 = v128.load(from + 2 * rowBytes);
            const r3 = v128.load(from + 3 * rowBytes);
            // Transposed while they are halves: the rows of word k hold a pair of two rows each.
            const low01 = v128.shuffle<u16>(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
            const low23 = v128.shuffle<u16>(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
            const high01 = v128.shuffle<u16>(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
            const high23 = v128.shuffle<u16>(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
            const k01 = v128.shuffle<u32>(low01, low23, 0, 4, 1, 5);
            const k23 = v128.shuffle<u32>(low01, low23, 2, 6, 3, 7);
            const k45 = v128.shuffle<u32>(high01, high23, 0, 4, 1, 5);
            const k67 = v128.shuffle<u32>(high01, high23, 2, 6, 3, 7);
            v128.store(to, Numbers.low(type, k01));
            v128.store(to + step, Numbers.high(type, k01));
            v128.store(to + 2 * step, Numbers.low(type, k23));
            v128.store(to + 3 * step, Numbers.high(type, k23));
            v128.store(to + 4 * step, Numbers.low(type, k45));
            v128.store(to + 5 * step, Numbers.high(type, k45));
            v128.store(to + 6 * step, Numbers.low(type, k67));
            v128.store(to + 7 * step, Numbers.high(type, k67));
            from += 16;
            to += 8 * step;
          }
        }
        for (; k < depth; k++) {
          for (let i = 0; i < 4; i++) {
            store<f32>(to + ((<usize>i) << 2), i < present ? Numbers.one(type, from + <usize>i * rowBytes) : 0);
          }
          from += 2;
          to += step;
        }
      }
      target += <usize>depth * step;
    }
  }
}

/** Panels of `width` (4 or 8) neighbours that lie side by side in memory, k after k; what is missing is zero. */
function packDirect(source: usize, ld: i32, count: i32, depth: i32, width: i32, target: usize): void {
  const rowBytes = (<usize>ld) << 2;
  for (let first = 0; first < count; first += width) {
    let from = source + ((<usize>first) << 2);
    if (first + width <= count) {
      for (let k = 0; k < depth; k++) {
        v128.store(target, v128.load(from));
        if (width == 8) v128.store(target, v128.load(from, 16), 16);
        target += (<usize>width) << 2;
        from += rowBytes;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        for (let i = 0; i < width; i++) {
          store<f32>(target, first + i < count ? load<f32>(from + ((<usize>i) << 2)) : 0);
          target += 4;
        }
        from += rowBytes;
      }
    }
  }
}

/** The same where the neighbours lie a stored row apart, and k side by side. */
function packStrided(source: usize, ld: i32, count: i32, depth: i32, width: i32, target: usize): void {
  const rowBytes = (<usize>ld) << 2;
  const step = (<usize>width) << 2;
  for (let first = 0; first < count; first += width) {
    for (let half = 0; half < width; half += 4) {
      const from = source + <usize>(first + half) * rowBytes;
      const to = target + ((<usize>half) << 2);
      const present = count - first - half;
      if (present >= 4) packFour(from, rowBytes, depth, to, step);
      else packFewer(from, rowBytes, present, depth, to, step);
    }
    target += <usize>depth * step;
  }
}

/** Four stored rows, transposed 4 × 4 at a time. */
function packFour(from: usize, rowBytes: usize, depth: i32, to: usize, step: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const r0 = v128.load(from);
    const r1 = v128.load(from + rowBytes);
    const r2 = v128.load(from + 2 * rowBytes);
    const r3 = v128.load(from + 3 * rowBytes);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
    from += 16;
    to += 4 * step;
  }
  packFewer(from, rowBytes, 4, depth - k, to, step);
}

/** Up to four stored rows, and zeros for those that are missing. */
function packFewer(from: usize, rowBytes: usize, present: i32, depth: i32, to: usize, step: usize): void {
  for (let k = 0; k < depth; k++) {
    for (let i = 0; i < 4; i++) {
      store<f32>(to + ((<usize>i) << 2), i < present ? load<f32>(from + <usize>i * rowBytes) : 0);
    }
    from += 4;
    to += step;
  }
}

/** Columns `begin` to `end` of a product of fewer rows than a tile: packing B would cost more than it saves. */
function thin(a: usize, b: usize, c: usize, p: Product, begin: i32, end: i32): void {
  const step: usize = p.transposeA ? (<usize>p.lda) << 2 : 4;
  for (let row = 0; row < p.rows; row++) {
    const from = a + ((<usize>(p.transposeA ? row : row * p.lda)) << 2);
    const to = c + ((<usize>(row * p.ldc)) << 2);
    if (p.typeB == FLOAT32) Thin.row(FLOAT32, p, from, step, b, to, begin, end);
    else if (p.typeB == BFLOAT16) Thin.row(BFLOAT16, p, from, step, b, to, begin, end);
    else Thin.row(FLOAT16, p, from, step, b, to, begin, end);
    if (p.bias == 0 || p.unfinished) continue;
    for (let j = (<usize>begin) << 2; j < (<usize>end) << 2; j += 4) {
      store<f32>(to + j, load<f32>(p.bias + j) + load<f32>(to + j));
    }
  }
}

/** A row of a product of few rows, compiled once for each type of B. */
class Thin {
  @inline
  static row(type: i32, p: Product, a: usize, aStep: usize, b: usize, c: usize, begin: i32, end: i32): void {
    if (p.transposeB) Thin.dotProducts(type, a, aStep, b, c, p.depth, begin, end);
    else Thin.combination(type, a, aStep, b, c, p.depth, p.columns, begin, end, p.onto != 0);
  }

  /** c[j] = Σ_k a[k] b[j][k]. */
  @inline
  static dotProducts(type: i32, a: usize, aStep: usize, b: usize, c: usize, depth: i32, begin: i32, end: i32): void {
    const log = bytesLog(type);
    const whole = aStep == 4 ? depth & ~7 : 0;
    for (let j = begin; j < end; j++) {
      const row = b + ((<usize>(j * depth)) << log);
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      for (let k = 0; k < whole; k += 8) {
        const at = (<usize>k) << 2;
        const from = row + ((<usize>k) << log);
        s0 = f32x4.add(s0, f32x4.mul(v128.load(a + at), Numbers.four(type, from)));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(a + at, 16), Numbers.four(type, from + ((<usize>4) << log))));
      }
      s0 = f32x4.add(s0, s1);
      let sum =
        f32x4.extract_lane(s0, 0) + f32x4.extract_lane(s0, 1) + (f32x4.extract_lane(s0, 2) + f32x4.extract_lane(s0, 3));
      for (let k = whole; k < depth; k++) {
        sum += load<f32>(a + <usize>k * aStep) * Numbers.one(type, row + ((<usize>k) << log));
      }
      store<f32>(c + ((<usize>j) << 2), sum);
    }
  }

  /** c = Σ_k a[k] b[k], a sum of stored rows, which goes on from what c holds where it is told to. */
  @inline
  static combination(
    type: i32,
    a: usize,
    aStep: usize,
    b: usize,
    c: usize,
    depth: i32,
    columns: i32,
    begin: i32,
    end: i32,
    onto: bool,
  ): void {
    const log = bytesLog(type);
    const rowBytes = (<usize>columns) << log;
    const four = (<usize>4) << log;
    let j = begin;
    for (; j + 16 <= end; j += 16) {
      const to = c + ((<usize>j) << 2);
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      if (onto) {
        s0 = v128.load(to);
        s1 = v128.load(to, 16);
        s2 = v128.load(to, 32);
        s3 = v128.load(to, 48);
      }
      let from = a;
      let row = b + ((<usize>j) << log);
      for (let k = 0; k < depth; k++) {
        const x = v128.load32_splat(from);
        s0 = f32x4.add(s0, f32x4.mul(x, Numbers.four(type, row)));
        s1 = f32x4.add(s1, f32x4.mul(x, Numbers.four(type, row + four)));
        s2 = f32x4.add(s2, f32x4.mul(x, Numbers.four(type, row + 2 * four)));
        s3 = f32x4.add(s3, f32x4.mul(x, Numbers.four(type, row + 3 * four)));
        from += aStep;
        row += rowBytes;
      }
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
    }
    for (; j < end; j++) {
      let sum: f32 = onto ? load<f32>(c + ((<usize>j) << 2)) : 0;
      for (let k = 0; k < depth; k++) {
        sum += load<f32>(a + <usize>k * aStep) * Numbers.one(type, b + <usize>k * rowBytes + ((<usize>j) << log));
      }
      store<f32>(c + ((<usize>j) << 2), sum);
    }
  }
}
