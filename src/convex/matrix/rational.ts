/** Numbers that doubles hold exactly, as integers times one power of two. */
export interface Dyadic {
  readonly integers: readonly bigint[];
  readonly exponent: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** A finite double as integer · 2^exponent. */
function parts(x: number): { integer: bigint; exponent: number } {
  if (x === 0) return { integer: 0n, exponent: Infinity };
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const integer = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { integer: x < 0 ? -integer : integer, exponent: Math.max(biased, 1) - 1075 };
}

/** Finite doubles as integers times one power of two: exact. */
export function dyadic(numbers: ArrayLike<number>): Dyadic {
  const split = Array.from(numbers, parts);
  const exponent = split.reduce((least, part) => Math.min(least, part.exponent), Infinity);
  if (exponent === Infinity) return { integers: split.map(() => 0n), exponent: 0 };
  return {
    integers: split.map((part) => (part.integer === 0n ? 0n : part.integer << BigInt(part.exponent - exponent))),
    exponent,
  };
}

/** a + b, entry by entry. */
export function plus(a: Dyadic, b: Dyadic): Dyadic {
  const exponent = Math.min(a.exponent, b.exponent);
  const [left, right] = [BigInt(a.exponent - exponent), BigInt(b.exponent - exponent)];
  return { integers: a.integers.map((entry, i) => (entry << left) + (b.integers[i] << right)), exponent };
}

/** The numbers times a weight, itself one dyadic number. */
export function times({ integers, exponent }: Dyadic, weight: Dyadic): Dyadic {
  const [factor] = weight.integers;
  return { integers: integers.map((entry) => entry * factor), exponent: exponent + weight.exponent };
}

/** Matrix (d × d, row-major) times vector. */
export function matrixVector(matrix: Dyadic, vector: Dyadic): Dyadic {
  const n = vector.integers.length;
  const integers = vector.integers.map((_, i) => {
    let sum = 0n;
    for (let j = 0; j < n; j++) sum += matrix.integers[i * n + j] * vector.integers[j];
    return sum;
  });
  return { integers, exponent: matrix.exponent + vector.exponent };
}

/** Up to which dimension, and with how many bits to a number at most, a matrix is eliminated exactly. */
export const mostExactDimension = 64;
const mostBits = 2200;

/** Whether `eliminate` takes the matrix: within seconds, that is. */
export function canEliminate({ integers }: Dyadic): boolean {
  if (integers.length > mostExactDimension ** 2) return false;
  const dimension = Math.sqrt(integers.length);
  let longest = 0;
  for (const entry of integers) longest = Math.max(longest, entry.toString(16).length * 4);
  return longest <= mostBits && longest * dimension <= 64 * 300;
}

/**
 * Decides exactly, by a fraction-free L D Lᵀ with pivots from the diagonal (Bareiss 1968), whether a symmetric matrix is
 * positive semidefinite; then gives an upper bound, in doubles, on ½ bᵀ A⁺ b, Infinity where b is not in A's range.
 * @returns 'indefinite', or the rank and that bound
 */
export function eliminate(matrix: Dyadic, right: Dyadic): 'indefinite' | { rank: number; halfInverseForm: number } {
  const n = right.integers.length;
  const a = Array.from({ length: n }, (_, i) => matrix.integers.slice(i * n, (i + 1) * n));
  const b = [...right.integers];
  const left = new Set(Array.from({ length: n }, (_, i) => i));
  let previous = 1n;
  let form = 0;
  while (left.size > 0) {
    const order = [...left];
    if (order.some((i) => a[i][i] < 0n)) return 'indefinite';
    const p = order.find((i) => a[i][i] > 0n);
    if (p === undefined) break;
    const pivot = a[p][p];
    left.delete(p);
    if (b[p] !== 0n) form += ratioAbove(b[p] * b[p], previous * pivot, 2 * right.exponent - matrix.exponent - 1);
    for (const i of left) {
      b[i] = (pivot * b[i] - a[i][p] * b[p]) / previous;
      for (const j of left) {
        if (j > i) continue;
        a[i][j] = (pivot * a[i][j] - a[i][p] * a[j][p]) / previous;
        a[j][i] = a[i][j];
      }
    }
    previous = pivot;
  }
  for (const i of left) for (const j of left) if (a[i][j] !== 0n) return 'indefinite';
  const inRange = [...left].every((i) => b[i] === 0n);
  return { rank: n - left.size, halfInverseForm: inRange ? form * (1 + n * Number.EPSILON) : Infinity };
}

/** A double not below numerator / denominator · 2^exponent (both positive). */
export function ratioAbove(numerator: bigint, denominator: bigint, exponent: number): number {
  const length = (x: bigint): number => x.toString(16).length * 4;
  const shift = 64 + length(denominator) - length(numerator);
  const quotient =
    shift >= 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift));
  const scaled = Number(quotient + 1n) * (1 + Number.EPSILON);
  const power = exponent - shift;
  // In two factors, so that neither leaves the range of doubles before the product does.
  const half = Math.trunc(power / 2);
  return scaled * 2 ** half * 2 ** (power - half) + Number.MIN_VALUE;
}
