import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { digest, openCache, sourceHash } from '../../src/experiment/cache.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

test('a task is computed once, also when it is asked for twice at the same time', async () => {
  let computed = 0;
  const compute = () => Promise.resolve({ value: ++computed / 3 });
  const cache = openCache(folder, 'salt');
  expect(await Promise.all([cache.get(['a'], compute), cache.get(['a'], compute)])).toEqual([
    { value: 1 / 3 },
    { value: 1 / 3 },
  ]);
  expect(await openCache(folder, 'salt').get(['a'], compute)).toEqual({ value: 1 / 3 });
  expect(computed).toBe(1);
});

test('other inputs, another version or other code make another task', async () => {
  const names = new Set<number>();
  for (const [salt, inputs] of [
    ['salt', ['a']],
    ['salt', ['b']],
    ['salt 2', ['a']],
    ['salt', [Float64Array.of(1, 2)]],
    ['salt', [Float64Array.of(1, 3)]],
    ['salt', [Infinity]],
    ['salt', [null]],
  ] as const) {
    names.add(await openCache(folder, salt).get(inputs, () => Promise.resolve(names.size)));
  }
  expect(names.size).toBe(7);
  expect(await readdir(folder)).toHaveLength(7);
});

test('a task that fails leaves nothing behind', async () => {
  const cache = openCache(folder, 'salt');
  await expect(cache.get(['a'], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(folder)).toEqual([]);
});

test('the source hash changes with a byte of any file', async () => {
  await writeFile(join(folder, 'a.ts'), 'one');
  const before = sourceHash([folder]);
  await writeFile(join(folder, 'a.ts'), 'two');
  expect(sourceHash([folder])).not.toBe(before);
  await writeFile(join(folder, 'a.ts'), 'one');
  expect(sourceHash([folder])).toBe(before);
  expect(digest({ a: 1 })).toBe(digest({ a: 1 }));
});
