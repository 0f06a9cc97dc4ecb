import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSchedule, moduleDigest, requireDigest } from '../../src/schedule/load.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import { drawnChoice } from '../../src/schedule/step.js';
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

const schedule = (label: string): string =>
  `{ name: 'own', label: ${label}, init: () => ({}), distribution: () => [{ choice: { dpo: 0, sft: 1 }, probability: 1 }] }`;

it.each([
  ['own.mjs', 'helper.mjs'],
  ['own.mts', 'helper.mts'],
  ['own.ts', 'helper.ts'],
  ['own.ts', 'helper.js'],
  ['own.js', 'helper.ts'],
  ['own.js', 'helper.cjs'],
])('a schedule whose imports are changed is another one, loaded anew: %s with %s', async (name, helper) => {
  const inside = join(folder, `${name} ${helper}`);
  mkdirSync(inside);
  const path = join(inside, name);
  const common = helper.endsWith('.cjs');
  writeFileSync(
    path,
    common
      ? `const { label } = require('./helper'+'.cjs'); require('./helper.cjs'); module.exports = ${schedule('label')};`
      : `import { label } from './${helper}'; export default ${schedule('label')};`,
  );
  const labelled = async (label: string): Promise<string | undefined> => {
    writeFileSync(join(inside, helper), common ? `exports.label = '${label}';` : `export const label = '${label}';`);
    return (await loadSchedule(path)).label;
  };
  expect(await labelled('Before')).toBe('Before');
  const before = moduleDigest(path);
  requireDigest(path, before);
  expect(await labelled('After')).toBe('After');
  expect(moduleDigest(path)).not.toBe(before);
  expect(() => {
    requireDigest(path, before);
  }).toThrow(/expected a module that is not changed while its runs are made$/);
  expect(await labelled('Before')).toBe('Before');
  expect(moduleDigest(path)).toBe(before);
});

it.each([
  "createRequire(import.meta.url)('./data.json')",
  "JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'))",
])('a schedule whose data are changed is another one: %s', async (read) => {
  const inside = join(folder, read.slice(0, 4));
  mkdirSync(inside);
  const path = join(inside, 'own.mjs');
  const imports = "import { readFileSync } from 'node:fs'; import { createRequire } from 'node:module';";
  writeFileSync(path, `${imports} const { label } = ${read}; export default ${schedule('label')};`);
  const labelled = async (label: string): Promise<string | undefined> => {
    writeFileSync(join(inside, 'data.json'), JSON.stringify({ label }));
    return (await loadSchedule(path)).label;
  };
  expect(await labelled('Before')).toBe('Before');
  const before = moduleDigest(path);
  expect(await labelled('After')).toBe('After');
  expect(moduleDigest(path)).not.toBe(before);
});

it('the digest goes through imports of imports, links, endings that are left out and names that are escaped', () => {
  const inside = join(folder, 'deep');
  mkdirSync(join(inside, 'a #b'), { recursive: true });
  const write = (name: string, text: string): void => {
    writeFileSync(join(inside, name), text);
  };
  write('own.ts', "export { default } from './a%20%23b/one.js';");
  write('a #b/one.ts', "import data from '../two'; import '../own.ts'; export default data;");
  write('two.ts', "import 'file://elsewhere/x.js'; import './%zz.js'; const { x } = await import('./three.mjs');");
  write('three.mjs', '');
  const link = join(folder, 'link.ts');
  symlinkSync(join(inside, 'own.ts'), link);
  const digests = ['1', '2', '1'].map((x) => {
    write('three.mjs', `export const x = ${x};`);
    return moduleDigest(link);
  });
  expect(digests[0]).not.toBe(digests[1]);
  expect(digests[0]).toBe(digests[2]);
});

it('a module that does not compile is refused with the reason', async () => {
  const path = join(folder, 'syntax.ts');
  writeFileSync(path, 'export default {');
  await expect(loadSchedule(path)).rejects.toThrow(/a module that loads \(.*syntax\.ts:1:\d+: ERROR: .*\)$/);
});

it.each([null, 'sft', undefined, { sft: 1 }, { weigh: 1 }])('a choice that is none is refused: %o', (choice) => {
  const own = { name: 'own', init: () => ({}), distribution: () => [{ choice, probability: 1 }] };
  expect(() => drawnChoice(own as unknown as Schedule, {}, 1, () => 0)).toThrow(
    /^schedule own: step 1: choice: got .*, expected finite weights/,
  );
});
