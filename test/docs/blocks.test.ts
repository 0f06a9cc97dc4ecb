import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filled, inShell, type RunsCommand } from '../../docs/blocks.js';
import { answered } from '../cli/in-process.js';

const root = new URL('../..', import.meta.url).pathname;
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const quoting = pages.filter(
  (page) => page.endsWith('.md') && readFileSync(join(root, page), 'utf8').includes('<!-- command: '),
);

/** A command of words alone runs in this process, any other in a shell. */
const run: RunsCommand = async (command, folder) => {
  const line = /^node forgetting\.js ((?:"[^"$`]*"|[^"'|&;<>$()`*])*)$/.exec(command)?.[1];
  if (line === undefined) return inShell(command, folder);
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => (found[1] as string | undefined) ?? found[2]);
  const before = process.cwd();
  process.chdir(folder);
  try {
    const { code, stdout, stderr } = await answered(words);
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  } finally {
    process.chdir(before);
  }
};

test.each(quoting)(
  '%s quotes what its commands print (npm run docs writes it)',
  async (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    expect(await filled(text, false, run)).toBe(text);
  },
  600_000,
);

test('a block is replaced by the command and its output, a slow one only when asked for', async () => {
  const page = (kind: string, output: string) =>
    `# A\n\n<!-- ${kind}: echo 4 | cat -->\n\`\`\`\n${output}\`\`\`\n\nB\n`;
  expect(await filled(page('command', 'old\n'), false)).toBe(page('command', '$ echo 4 | cat\n4\n'));
  expect(await filled(page('slow command', 'old\n'), false)).toBe(page('slow command', 'old\n'));
  expect(await filled(page('slow command', ''), true)).toBe(page('slow command', '$ echo 4 | cat\n4\n'));
  await filled(page('command', '').replace('echo 4', 'exit 3'), false);
  await expect(filled(page('command', '').replace('echo 4 | cat', 'exit 3'), false)).rejects.toThrow('exit 3');
});
