import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { calledCommands } from '../../docs/options.js';

const docs = new URL('../../docs/', import.meta.url);

/** The pages that people wrote: docs/options.md is printed from the program. */
const pages = readdirSync(docs)
  .filter((name) => name.endsWith('.md') && name !== 'options.md')
  .map((name) => readFileSync(new URL(name, docs), 'utf8'))
  .join('\n');

test('every option of every command stands in a page', async () => {
  const missing = (await calledCommands()).flatMap(({ name, command }) =>
    command
      .createHelp()
      .visibleOptions(command)
      .map(({ long }) => long ?? '')
      .filter((option) => option !== '--help' && !new RegExp(`${option}(?![\\w-])`, 'u').test(pages))
      .map((option) => `${name} ${option}`),
  );
  expect(missing).toEqual([]);
});
