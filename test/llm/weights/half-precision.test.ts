import { expect, it } from 'vitest';
import { fromBfloat16, fromFloat16 } from '../../../src/llm/weights/half-precision.js';
import { toBfloat16, toFloat16 } from '../half-precision.js';

it('converts the half-precision numbers of IEEE 754', () => {
  const halves = [
    0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0x3c01, 0xc000, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ];
  const values = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, 1 + 2 ** -10, -2, 1365 * 2 ** -12, 65504];
  expect([...fromFloat16(Uint16Array.from(halves))]).toEqual([...values, Infinity, -Infinity, NaN]);
});

it('gives every finite half-precision number a value that rounds back to it', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
  expect([...fromFloat16(all)].map(toFloat16)).toEqual([...all]);
});

it('gives every finite bfloat16 a value that rounds back to it', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7f80) !== 0x7f80);
  expect([...fromBfloat16(all)].map(toBfloat16)).toEqual([...all]);
  expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x0001))]).toEqual([1, -3.140625, 2 ** -133]);
});
