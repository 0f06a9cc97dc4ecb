import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacksPython, runPython } from '../python.js';
import { digestsOf, ported } from './vectors/case.js';

const folder = new URL('../../python', import.meta.url).pathname;
const vectors = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8')) as {
  schedules: string[];
  count: number;
  block: number;
  digests: string[];
};

test('the schedules make the choices that the vectors hold (npx tsx test/schedule/vectors/write.ts writes them)', () => {
  const { block, count } = vectors;
  expect(vectors.schedules).toEqual(ported);
  expect(count).toBe(10_000);
  expect(digestsOf(count / 10, block, ported)).toEqual(vectors.digests.slice(0, count / 10 / block));
});

test.skipIf(lacksPython())('the Python port makes the same choices, and its own tests pass', () => {
  runPython(['-W', 'error', '-m', 'unittest'], folder);
});
