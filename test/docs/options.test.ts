import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { calledCommands } from '../../docs/options.js';

const root = new URL('../../', import.meta.url);
const text = (page: string): string => readFileSync(new URL(page, root), 'utf8');
const called = await calledCommands();

test('every option of every command stands in its page, or in that of runs or of clusters', () => {
  const missing = called.flatMap(({ name, pages, command }) => {
    const said = pages.map((page) => text(`docs/${page}`)).join('\n');
    return command
      .createHelp()
      .visibleOptions(command)
      .map(({ long }) => long ?? '')
      .filter((option) => option !== '--help' && !new RegExp(`${option}(?![\\w-])`, 'u').test(said))
      .map((option) => `${name} ${option}`);
  });
  expect(missing).toEqual([]);
});

test('every command that a page shows has the options it is given', () => {
  const pages = [
    'README.md',
    'examples/README.md',
    ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`),
  ];
  const shown = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      text(page)
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .flatMap((line) => [
          ...line.matchAll(/(?:node forgetting\.js|(?:npx |\.\/|`|\$ |^)forgetting) ([a-z][^`|;#<>&]*)/g),
        ])
        .map(([, words]) => ({ page, words })),
    );
  const wrong = shown.flatMap(({ page, words }) => {
    const own = [...called]
      .sort((a, b) => b.name.length - a.name.length)
      .find(({ name }) => `forgetting ${words} `.startsWith(`${name} `));
    const known = own?.command.options.flatMap(({ long, short }) => [long, short]) ?? [];
    // A module of the reader's own has options of its own.
    if (/\.[jt]s\b/.test(words)) return [];
    const given = [...words.matchAll(/(?:^|\s|\[)(--[a-z][\w-]*)/g)].map(([, option]) => option);
    return given
      .filter((option) => !known.includes(option) && option !== '--help')
      .map((option) => `${page}: ${words}: ${option}`);
  });
  expect(wrong).toEqual([]);
  expect(shown.length).toBeGreaterThan(100);
});
