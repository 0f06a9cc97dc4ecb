import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * What a module's text names as another file: any name that begins with ./ or ../, which it may read by whatever function,
 * and a whole path or URL after `from`, `import` or `require`. Of a comment, too: no harm.
 */
const namedFiles = /(["'`])(\.{1,2}\/[^\n]*?|(?<=\b(?:from|import|require)\b[\s(]*["'`])(?:\/|file:)[^\n]*?)\1/g;

/** What a name without its ending may stand for, and what a name of JavaScript is compiled from. */
const endings = ['', '.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

/**
 * The files that a module consists of, by real path: its own first, and those that it or one of them names by their paths.
 * Not those of packages, nor what has a computed name.
 */
export function moduleFiles(path: string): readonly string[] {
  const found = new Set([realpathSync(path)]);
  // A set gives what is added to it while it is gone through.
  for (const file of found) {
    for (const [, , name] of readFileSync(file, 'utf8').matchAll(namedFiles)) {
      for (const target of possibleFiles(name, dirname(file))) {
        if (existsSync(target) && statSync(target).isFile()) found.add(realpathSync(target));
      }
    }
  }
  return [...found];
}

/** Where an imported name can lie, seen from a folder; more than one only where that is not told without loading it. */
function possibleFiles(name: string, folder: string): string[] {
  // In `require` a name is a path, in an import a URL.
  const names = new Set([resolve(folder, name), ...pathOfUrl(name, folder)]);
  return [...names].flatMap((each) => [
    ...endings.map((ending) => each + ending),
    each.replace(/\.([mc]?)js$/, '.$1ts'),
  ]);
}

function pathOfUrl(name: string, folder: string): string[] {
  try {
    return [fileURLToPath(new URL(name, pathToFileURL(`${folder}/`)))];
  } catch {
    // Not of a file of this machine, as its import will say.
    return [];
  }
}
