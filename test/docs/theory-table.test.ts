import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { theorems } from '../../src/theory/registry.js';
import type { StatementVerdict } from '../../src/theory/verify/summary.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { statements } = JSON.parse(read('figures/rendered/verdicts.json')) as { statements: StatementVerdict[] };
const [proofs, table] = read('docs/theory.md').split('## All statements');

test('the table of docs/theory.md is of the verdicts that the site shows, one row for every statement', () => {
  const printed = (ratio: number | null | undefined): string => (ratio == null ? '–' : ratio.toPrecision(3));
  const expected = statements.map(({ id, hold, closest, attacked }) => [
    id,
    `${hold} hold`,
    printed(closest?.ratio),
    printed(attacked),
  ]);
  const rows = table.split('\n').flatMap((line) => {
    const found = /^ *(\S+) +(?:tight|upper|lower|exact) +(\d+ hold) +(\S+) +(\S+) /.exec(line);
    return found === null ? [] : [found.slice(1, 5)];
  });
  expect(rows).toEqual(expected);
  expect(new Set(rows.map(([id]) => id))).toEqual(new Set(theorems.map(({ id }) => id)));
});

test('every statement stands in a numbered paragraph of its own letter, or in a numbered lemma', () => {
  const numbered: [string, string][] = [];
  for (const text of proofs.split(/\n(?=(?:- )?\([A-Z]\d+\) |\*\*Lemma \d+ |## )/)) {
    const name = /^(?:- )?(\([A-Z]\d+\)|\*\*Lemma \d+) /.exec(text)?.[1].replace(/^[(*]+/, '');
    if (name !== undefined) numbered.push([name, text]);
  }
  expect(new Set(numbered.map(([name]) => name)).size).toBe(numbered.length);
  for (const { id } of theorems) {
    const places = numbered.filter(([, text]) => text.includes(`\`${id}\``)).map(([name]) => name);
    expect(
      places.some((name) => name.startsWith(id.slice(0, 1)) || name.startsWith('Lemma')),
      id,
    ).toBe(true);
  }
});
