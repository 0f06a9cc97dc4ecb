import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../src/base/whole-file.js';
import { filled } from './blocks.js';

// npm run docs [-- page…]: writes what commands print now into the blocks of the pages that quote it, the slow ones where
// the page is named.
const root = fileURLToPath(new URL('..', import.meta.url));
const named = process.argv.slice(2);
const all = ['README.md', ...readdirSync(join(root, 'docs'), { encoding: 'utf8' }).map((name) => `docs/${name}`)];
for (const page of named.length === 0 ? all.filter((name) => name.endsWith('.md')) : named) {
  const path = join(root, page);
  const before = readFileSync(path, 'utf8');
  const after = await filled(before, named.length > 0);
  if (after === before) continue;
  await writeWhole(path, after);
  process.stdout.write(`${page}\n`);
}
