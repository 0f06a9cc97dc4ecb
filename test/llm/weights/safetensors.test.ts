import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { openSafetensors, writeSafetensors } from '../../../src/llm/weights/safetensors.js';
import { safetensorsBytes } from '../half-precision.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const values = Float32Array.of(1.5, -2, Math.fround(0.1), 3e-40, 65504, -0);

it('reads back what it writes, in a file laid out as the format says', async () => {
  const path = join(folder, 'written.safetensors');
  await writeSafetensors(path, [
    { name: 'a.weight', shape: [2, 3], values: () => values },
    { name: 'é', shape: [], values: () => Promise.resolve(Float32Array.of(7)) },
  ]);
  const weights = openSafetensors(path);
  expect([...weights.shapes]).toEqual([
    ['a.weight', [2, 3]],
    ['é', []],
  ]);
  expect(weights.read('a.weight')).toEqual(values);
  expect(weights.read('é')).toEqual(Float32Array.of(7));
  weights.close();
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE());
  expect(headerLength % 8).toBe(0);
  expect(JSON.parse(bytes.subarray(8, 8 + headerLength).toString())).toEqual({
    __metadata__: { format: 'pt' },
    'a.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    é: { dtype: 'F32', shape: [], data_offsets: [24, 28] },
  });
  expect(bytes.length).toBe(8 + headerLength + 28);
});

it('reads double precision, and refuses to read other types', () => {
  const path = join(folder, 'types.safetensors');
  const mask = { dtype: 'BOOL', shape: [2], bytes: Uint8Array.of(1, 0) };
  const whole = { dtype: 'F64', shape: [1], bytes: new Uint8Array(Float64Array.of(0.25).buffer) };
  writeFileSync(path, safetensorsBytes({ mask, whole }));
  const weights = openSafetensors(path);
  expect([...weights.shapes.keys()]).toEqual(['mask', 'whole']);
  expect(() => weights.read('mask')).toThrow(/types\.safetensors: mask: got "BOOL", expected F64, F32, F16, BF16/);
  expect(weights.read('whole')).toEqual(Float32Array.of(0.25));
  weights.close();
});

const good = safetensorsBytes({ w: { dtype: 'F32', shape: [2, 3], bytes: new Uint8Array(values.buffer) } });
const withHeader = (json: string, length = json.length): Buffer => {
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([start, Buffer.from(json), Buffer.alloc(24)]);
};
it.each([
  ['a file cut off in its data', good.subarray(0, good.length - 1), /where w ends: the file is cut off/],
  ['a file cut off in its header', good.subarray(0, 20), /a header said to have \d+ bytes in a file of 20/],
  ['a file cut off in its first bytes', good.subarray(0, 5), /a file of 5 bytes/],
  ['an empty file', good.subarray(0, 0), /a file of 0 bytes/],
  ['a header longer than the file', withHeader('{}', 1e6), /a header said to have 1000000 bytes/],
  ['a header longer than any memory', withHeader('{}', Number.MAX_SAFE_INTEGER), /a header said to have/],
  ['a header that is not JSON', withHeader('{"w": '), /a header that is not JSON/],
  [
    'a header without shapes',
    withHeader('{"w": {"dtype": "F32"}}'),
    /header: w\.shape: got nothing, expected an array/,
  ],
  [
    'a file longer than its header says',
    Buffer.concat([good, Buffer.alloc(4)]),
    /where its header says that the data ends/,
  ],
  [
    'tensors that overlap',
    withHeader(
      '{"v": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}, "w": {"dtype": "F32", "shape": [4], "data_offsets": [8, 24]}}',
    ),
    /bad\.safetensors: w: got "bytes 8 to 24", expected bytes from 12 on/,
  ],
  [
    'a header whose sizes contradict its shapes',
    withHeader('{"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 24]}}'),
    /bad\.safetensors: w: got "24 bytes", expected 16 for its shape \[2,2\]/,
  ],
])('refuses %s', (_, bytes, message) => {
  const path = join(folder, 'bad.safetensors');
  writeFileSync(path, bytes);
  expect(() => openSafetensors(path)).toThrow(InputError);
  expect(() => openSafetensors(path)).toThrow(message);
  expect(() => openSafetensors(path)).toThrow(path);
});

it('refuses a file that is cut off after it was opened', () => {
  const path = join(folder, 'shrinking.safetensors');
  writeFileSync(path, good);
  const weights = openSafetensors(path);
  truncateSync(path, good.length - 4);
  expect(() => weights.read('w')).toThrow(/it is cut off/);
  weights.close();
});

it('writes whole files or none', async () => {
  const path = join(folder, 'kept.safetensors');
  await writeSafetensors(path, [{ name: 'w', shape: [2, 3], values: () => values }]);
  const before = readFileSync(path);
  const failing = [
    { name: 'w', shape: [2, 3], values: () => values },
    { name: 'v', shape: [1], values: () => Promise.reject(new Error('lost the device')) },
  ];
  await expect(writeSafetensors(path, failing)).rejects.toThrow('lost the device');
  expect(readFileSync(path)).toEqual(before);
  await expect(writeSafetensors('/dev/full/x', [])).rejects.toThrow(InputError);
});
