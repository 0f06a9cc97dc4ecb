import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fromBfloat16, fromFloat16 } from '../../../src/llm/weights/half-precision.js';
import { toBfloat16, toFloat16 } from '../half-precision.js';
import * as stored from '../../../src/llm/weights/half-precision.js';
import { openSafetensors, writeSafetensors } from '../../../src/llm/weights/safetensors.js';
import { stream } from '../../../src/base/random-stream.js';
import { temporaryFolder } from '../../temporary-folder.js';

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

it('rounds to the nearest half-precision and bfloat16 number, ties to even, as the definition says', () => {
  const random = stream(1, 'half-precision');
  const edges = [0, -0, 1, 65504, 65519.99, -65504, 2 ** -14, 2 ** -24, 2 ** -25, 1.5 * 2 ** -25, 2 ** -30, 2 ** -140];
  const ties = Array.from({ length: 400 }, (_, i) => (1 + (2 * i + 1) / 2048) * 2 ** ((i % 29) - 14));
  const small = Array.from({ length: 400 }, (_, i) => ((2 * i + 1) / 2) * 2 ** -24);
  const any = Array.from({ length: 5000 }, () => (random.uniform() - 0.5) * 2 ** (random.integer(46) - 30));
  const values = Float32Array.from([...edges, ...ties, ...small, ...any]);
  expect(Array.from(stored.toFloat16(values))).toEqual(Array.from(values, toFloat16));
  expect(Array.from(stored.toBfloat16(values))).toEqual(Array.from(values, toBfloat16));
});

it('a file in another type holds the rounded numbers, and refuses those beyond float16', async () => {
  const path = join(temporaryFolder(), 'half.safetensors');
  const tensor = (values: number[]) => [
    { name: 'w', shape: [1, values.length], values: () => Float32Array.from(values) },
  ];
  for (const type of ['bfloat16', 'float16'] as const) {
    await writeSafetensors(path, tensor([1 / 3, -2.5, 1e-3]), { format: 'pt' }, type);
    const file = openSafetensors(path);
    const back =
      type === 'float16' ? [0.333251953125, -2.5, 0.0010004043579101562] : [0.333984375, -2.5, 0.00099945068359375];
    expect(Array.from(file.read('w'))).toEqual(back);
    file.close();
  }
  const large = writeSafetensors(path, tensor([1, 65520]), { format: 'pt' }, 'float16');
  await expect(large).rejects.toThrow(/^w: got 65520, expected numbers up to 65504 for float16; bfloat16 holds it$/);
});
