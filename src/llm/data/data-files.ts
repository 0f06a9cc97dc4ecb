import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { InputError } from '../../base/input-error.js';

/** What the name of a data file ends in, where it is found in a folder. */
const dataName = /\.(?:jsonl|ndjson|json|parquet)(?:\.gz)?$/;
/** JSON beside data that is none itself. */
const aboutData = /^(?:dataset_infos?|dataset_dict|state|config)\.json$/;

/**
 * The data files of some paths, in order: files as they are, the data files in a folder and those of a glob pattern by
 * name. A path that exists is no pattern.
 * @throws InputError where a folder or a pattern has none, or a folder has training and test files side by side
 */
export async function dataFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) found.push(...(await filesOf(path)));
  return found;
}

async function filesOf(path: string): Promise<string[]> {
  const kind = kindOf(path);
  if (kind === 'folder') return filesInFolder(path);
  if (kind === 'file' || !isDynamicPattern(path)) return [path];
  const files = (await glob(path, { expandDirectories: false })).sort();
  if (files.length === 0) throw new InputError(path, 'no file', 'a pattern of files that exist');
  return files;
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    // Whoever reads it says why it cannot be read.
    return undefined;
  }
}

function filesInFolder(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => dataName.test(name) && !aboutData.test(basename(name)) && !/(?:^|[/\\])\./.test(name))
    .filter((name) => kindOf(join(folder, name)) === 'file')
    .sort();
  if (names.length === 0) throw new InputError(folder, 'no data file', 'JSONL, JSON or Parquet files in it');
  const named = (words: string): string | undefined =>
    names.find((name) => new RegExp(`(?:^|[/\\\\_.-])(?:${words})(?:[/\\\\_.-]|$)`).test(name));
  const [training, test] = [named('train(?:ing)?'), named('test|valid(?:ation)?|val|dev|eval(?:uation)?')];
  if (training !== undefined && test !== undefined && training !== test) {
    const expected = `files of one kind: a pattern such as ${join(folder, '**/*train*')}`;
    throw new InputError(folder, `${training} and ${test}`, expected);
  }
  return names.map((name) => join(folder, name));
}
