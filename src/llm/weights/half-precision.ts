import type { HalfType } from '../../engine/half-matrix.js';

/** The float32 values of IEEE half-precision numbers (1 sign, 5 exponent and 10 fraction bits); every one is exact. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = halves[i] & 0x8000 ? -1 : 1;
    const exponent = (halves[i] >>> 10) & 0x1f;
    const fraction = halves[i] & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[i] = fraction === 0 ? sign * Infinity : NaN;
    else values[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** The float32 values of bfloat16 numbers, which are the upper halves of float32 numbers; every one is exact. */
export function fromBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/** The float32 values of halves of a type. */
export function fromHalves(halves: Uint16Array, type: HalfType): Float32Array {
  return type === 'float16' ? fromFloat16(halves) : fromBfloat16(halves);
}

/** The bfloat16 numbers nearest to finite float32 numbers, ties to even. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) >>> 16;
  return halves;
}

/** The halves of a type nearest to float32 numbers in its range, ties to even. */
export function toHalves(values: Float32Array, type: HalfType): Uint16Array {
  return type === 'float16' ? toFloat16(values) : toBfloat16(values);
}

/** The IEEE half-precision numbers nearest to float32 numbers below 65520 in size, ties to even. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    const exponent = ((bits[i] >>> 23) & 0xff) - 127;
    // The significand with its leading 1, and how many of its bits the half has no place for.
    const significand = exponent === -127 ? 0 : (bits[i] & 0x7fffff) | 0x800000;
    const lost = Math.min(exponent < -14 ? -1 - exponent : 13, 25);
    const rounded = (significand + (1 << (lost - 1)) - 1 + ((significand >>> lost) & 1)) >>> lost;
    halves[i] = sign | (exponent < -14 ? rounded : rounded + ((exponent + 14) << 10));
  }
  return halves;
}
