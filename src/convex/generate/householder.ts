/** The factors of a square matrix A = Q R. */
export interface OrthogonalFactor {
  /** Q by columns: its entry (i, k) is at k · n + i. */
  readonly columns: Float64Array;
  /** The diagonal of R. */
  readonly diagonal: Float64Array;
}

/** Columns that reflections are applied to one after the other while they stay in cache. */
const panel = 16;

/**
 * The QR factorisation of an n × n matrix by Householder reflections, to the bit that of ml-matrix's `QrDecomposition`:
 * every column goes through the same operations in the same order, but columns lie in one piece and go panel by panel.
 * @param matrix by columns, as Q is; it is overwritten with the reflections
 */
export function orthogonalFactor(matrix: Float64Array, n: number): OrthogonalFactor {
  const diagonal = new Float64Array(n);
  for (let start = 0; start < n; start += panel) {
    const end = Math.min(start + panel, n);
    for (let k = 0; k < start; k++) if (diagonal[k] !== 0) reflect(matrix, n, k, matrix, start, end);
    for (let k = start; k < end; k++) {
      diagonal[k] = -intoReflection(matrix, k * n + k, (k + 1) * n);
      if (diagonal[k] !== 0) reflect(matrix, n, k, matrix, k + 1, end);
    }
  }
  const columns = new Float64Array(n * n);
  for (let start = 0; start < n; start += panel) {
    const end = Math.min(start + panel, n);
    for (let k = end - 1; k >= 0; k--) {
      if (k >= start) columns[k * n + k] = 1;
      if (matrix[k * n + k] !== 0) reflect(matrix, n, k, columns, Math.max(k, start), end);
    }
  }
  return { columns, diagonal };
}

/** Makes the entries of a column from its diagonal on the vector of their reflection; their norm, signed as the first. */
function intoReflection(matrix: Float64Array, at: number, end: number): number {
  let norm = 0;
  for (let i = at; i < end; i++) norm = hypotenuse(norm, matrix[i]);
  if (norm === 0) return 0;
  if (matrix[at] < 0) norm = -norm;
  for (let i = at; i < end; i++) matrix[i] /= norm;
  matrix[at] += 1;
  return norm;
}

/** √(a² + b²), without overflow. */
function hypotenuse(a: number, b: number): number {
  const [larger, smaller] = Math.abs(a) > Math.abs(b) ? [a, b] : [b, a];
  if (larger === 0) return 0;
  const ratio = smaller / larger;
  return Math.abs(larger) * Math.sqrt(1 + ratio * ratio);
}

/** Applies reflection k, the column k of `vectors` from its diagonal on, to the columns first … end − 1 of `target`. */
function reflect(vectors: Float64Array, n: number, k: number, target: Float64Array, first: number, end: number): void {
  const [at, length] = [k * n + k, n - k];
  for (let j = first; j < end; j += 4) {
    // Four columns, whose sums do not wait for each other; past the last one, the first again.
    const count = Math.min(4, end - j);
    const to0 = j * n + k;
    const to1 = count > 1 ? to0 + n : to0;
    const to2 = count > 2 ? to1 + n : to0;
    const to3 = count > 3 ? to2 + n : to0;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < length; i++) {
      const entry = vectors[at + i];
      s0 += entry * target[to0 + i];
      s1 += entry * target[to1 + i];
      s2 += entry * target[to2 + i];
      s3 += entry * target[to3 + i];
    }
    add(target, to0, vectors, at, length, -s0 / vectors[at]);
    if (count > 1) add(target, to1, vectors, at, length, -s1 / vectors[at]);
    if (count > 2) add(target, to2, vectors, at, length, -s2 / vectors[at]);
    if (count > 3) add(target, to3, vectors, at, length, -s3 / vectors[at]);
  }
}

/** Adds a multiple of a part of one array to a part of another. */
function add(
  target: Float64Array,
  to: number,
  vector: Float64Array,
  from: number,
  length: number,
  factor: number,
): void {
  for (let i = 0; i < length; i++) target[to + i] += factor * vector[from + i];
}
