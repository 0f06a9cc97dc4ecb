import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { resultFolders } from '../src/experiment/result-cache.js';
import { schedules, variantsOf } from '../src/schedule/index.js';

/** The floors of ARCHITECTURE.md from the ground up. A floor imports what lies below it; those on one line, not each other. */
const floors: readonly (readonly string[])[] = [
  ['src/base'],
  ['src/convex/expression', 'src/sdp', 'src/preference-loss', 'src/cluster'],
  ['src/schedule'],
  ['src/convex/matrix', 'src/engine'],
  ['src/convex/problem'],
  ['src/convex/optimum', 'src/llm'],
  ['src/convex/generate', 'src/convex/simulate', 'src/convex/front'],
  ['src/remedy'],
  ['src/theory'],
  ['src/study', 'src/experiment', 'src/advice'],
  ['src/figure', 'experiments'],
  ['figures'],
  ['src/index.ts', 'src/llm.ts', 'src/figures.ts', 'src/cli'],
  ['src/cli/convex'],
  ['src/cli/llm'],
  ['src/commands.ts'],
  ['src/cli.ts', 'site', 'bench', 'bundle', 'docs'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const names = floors.flat();

const sources = (
  await Promise.all(
    ['src', 'experiments', 'figures', 'site', 'bench', 'bundle', 'docs'].map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((file) => `${folder}/${file}`),
    ),
  )
)
  .flat()
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('.wasm.ts'));

/** The files that each file imports, for types alone too. */
const imports = new Map(
  sources.map((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
    const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
    const paths = own.map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, '.ts'));
    return [file, paths.filter((path) => path.endsWith('.ts'))];
  }),
);

/** The longest name of a floor that the file lies in. */
function floorOf(file: string): string {
  const [found] = names
    .filter((name) => file === name || file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length);
  return found;
}

function levelOf(floor: string): number {
  return floors.findIndex((line) => line.includes(floor));
}

test('a floor imports only what lies below it', () => {
  const upwards = [...imports].flatMap(([file, imported]) =>
    imported
      .filter((other) => floorOf(other) !== floorOf(file) && levelOf(floorOf(other)) >= levelOf(floorOf(file)))
      .map((other) => `${file} → ${other}`),
  );
  expect(upwards).toEqual([]);
  expect(sources.filter((file) => levelOf(floorOf(file)) === -1)).toEqual([]);
});

test('no path is the pathname of a URL, which is none where a folder has a space or an accent in its name', () => {
  const wrong = sources.filter((file) => /import\.meta\.url\)\.pathname/.test(readFileSync(join(root, file), 'utf8')));
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle', () => {
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || finished.has(file)) return;
    for (const other of imports.get(file) ?? []) visit(other, [...path, file]);
    finished.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

test('a name of a type has one meaning: no two files declare it', () => {
  const places = new Map<string, string[]>();
  for (const file of sources) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name] of text.matchAll(/^(?:export )?(?:declare )?(?:interface|type|class|enum) (\w+)(?=[ <{])/gm)) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});

test('src/cli/convex and src/cli/llm hold one file per command and nothing else', () => {
  for (const file of sources.filter((name) => /^src\/cli\/(convex|llm)\//.test(name))) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(text.match(/^export function \w+Command\(/gm), file).toHaveLength(1);
  }
});

test('what figures are drawn from is kept under the bytes of all code that it depends on', () => {
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    imports.get(file)?.forEach(reach);
  };
  // Results of language models are files that the user names, and are not kept.
  sources.filter((file) => /^(?:experiments|src\/experiment)\/(?!llm)/.test(file)).forEach(reach);
  const folders = resultFolders().map((folder) => folder.slice(root.length));
  expect([...reached].filter((file) => !folders.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
});

test('no file outside src/schedule, remedies and figure looks names a schedule in a string', () => {
  // Objectives are called dpo and sft too, and what a choice on the front may cost is a budget.
  const otherMeanings = ['dpo', 'sft', 'budget'];
  const words = Object.values(schedules).flatMap((schedule) => [
    schedule.name,
    ...variantsOf(schedule).map(({ key }) => key),
  ]);
  const names = new Set(words.filter((word) => !otherMeanings.includes(word)));
  const found = sources
    .filter((file) => !/^src\/(schedule|remedy|figure\/theme)/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      // Most files hold none of the words, and parsing takes time.
      if (![...names].some((name) => text.includes(name))) return [];
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
      const places: string[] = [];
      const visit = (node: ts.Node): void => {
        const said = textOf(node);
        if (said !== undefined && [...names].some((name) => said === name || said === `${name}-`)) {
          places.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}: ${said}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return places;
    });
  expect(found).toEqual([]);
});

/** The text of a string, or of the beginning of one that is put together. */
function textOf(node: ts.Node): string | undefined {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : undefined;
}
