import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

/** The names that an entry of the package exports, types too. */
function exportsOf(entry: string): Set<string> {
  const path = join(root, 'src', entry);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const names = source.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  );
  return new Set(names);
}

test('what docs/library.md says of the entries is what they export', () => {
  const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
  const named = (text: string): string[] => [...text.matchAll(/`([A-Za-z]\w+)`/g)].map(([, name]) => name);
  const [, convex] = /What `forgetting` exports:\n\n([^]*?)\n\n/.exec(page) ?? [];
  const [, others] = /\n(`forgetting\/llm` exports[^]*?)\n\n/.exec(page) ?? [];
  const [llm, figures] = others.split('`forgetting/figures`').map(named);
  const rows = convex
    .split('\n')
    .slice(2)
    .flatMap((row) => named(row));
  // A row may say by which name an option takes what is exported.
  const [core, figure] = [
    exportsOf('index.ts').add('boundOf').add('field').add('value').add('expected'),
    exportsOf('figures.ts'),
  ];
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((name) => !core.has(name))).toEqual([]);
  expect(llm.filter((name) => !exportsOf('llm.ts').has(name))).toEqual([]);
  expect(figures.filter((name) => !figure.has(name))).toEqual([]);
});
