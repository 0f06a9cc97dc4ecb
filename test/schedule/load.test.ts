import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSchedule } from '../../src/schedule/load.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

it.each(['own.mjs', 'own.ts'])('a schedule that is changed is another one: %s', async (name) => {
  const path = join(folder, name);
  const labelled = async (label: string): Promise<string | undefined> => {
    writeFileSync(
      path,
      `export default { name: 'own', label: '${label}', init: () => ({}), distribution: () => [{ choice: 'sft', probability: 1 }] };`,
    );
    return (await loadSchedule(path)).label;
  };
  expect(await labelled('Before')).toBe('Before');
  const first = await loadSchedule(path);
  expect(await loadSchedule(path)).toBe(first);
  expect(await labelled('After')).toBe('After');
});

it('a folder is no schedule', async () => {
  const path = join(folder, 'folder.mjs');
  mkdirSync(path);
  await expect(loadSchedule(path)).rejects.toThrow(/^schedule: got ".*folder\.mjs", expected a module that loads/);
});

it('a path where nothing is, and a module that throws, are refused in words of theirs', async () => {
  await expect(loadSchedule(join(folder, 'nowhere.mjs'))).rejects.toThrow(
    /^schedule: got ".*nowhere\.mjs", expected a file that exists$/,
  );
  const path = join(folder, 'throws.mjs');
  writeFileSync(path, 'throw new Error("boom");');
  await expect(loadSchedule(path)).rejects.toThrow(/expected a module that loads \(boom\)$/);
});
