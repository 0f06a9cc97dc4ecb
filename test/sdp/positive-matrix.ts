import { stream } from '../../src/base/random-stream.js';

/** Orders around the block of 48 columns that the factorisation works in. */
export const orders = [1, 2, 3, 47, 48, 49, 97, 130];

/** B Bᵀ + I / 2 with a random n × n matrix B, row-major. */
export function positiveMatrix(n: number): Float64Array {
  const { normal } = stream(n, 'matrix');
  const b = Float64Array.from({ length: n * n }, () => normal());
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    let sum = i === j ? 0.5 : 0;
    for (let k = 0; k < n; k++) sum += b[i * n + k] * b[j * n + k];
    return sum;
  });
}

/** A + shift · I. */
export function shifted(a: Float64Array, n: number, shift: number): Float64Array {
  return a.map((value, e) => (Math.floor(e / n) === e % n ? value + shift : value));
}
