import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filled } from '../../docs/blocks.js';

const root = new URL('../..', import.meta.url).pathname;
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const quoting = pages.filter(
  (page) => page.endsWith('.md') && readFileSync(join(root, page), 'utf8').includes('<!-- command: '),
);

test.each(quoting)('%s quotes what its commands print (npm run docs writes it)', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  expect(filled(text, false)).toBe(text);
});

test('a block is replaced by the command and its output, a slow one only when asked for', () => {
  const page = (kind: string, output: string) =>
    `# A\n\n<!-- ${kind}: echo 4 | cat -->\n\`\`\`\n${output}\`\`\`\n\nB\n`;
  expect(filled(page('command', 'old\n'), false)).toBe(page('command', '$ echo 4 | cat\n4\n'));
  expect(filled(page('slow command', 'old\n'), false)).toBe(page('slow command', 'old\n'));
  expect(filled(page('slow command', ''), true)).toBe(page('slow command', '$ echo 4 | cat\n4\n'));
  expect(() => filled(page('command', '').replace('echo 4', 'exit 3'), false)).not.toThrow();
  expect(() => filled(page('command', '').replace('echo 4 | cat', 'exit 3'), false)).toThrow('exit 3');
});
