import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf } from '../base/digest.js';
import { InputError } from '../base/input-error.js';
import { checkedSchedule } from './checked.js';
import { schedules } from './index.js';
import { moduleFiles } from './module-files.js';
import { learnLabels } from './recognise.js';
import type { Schedule } from './schedule.js';

/**
 * The schedule of a name, or the default export of a module of the user's own (a path that ends in .ts, .js or .mjs).
 * Throws an InputError where there is no such schedule or the module exports none.
 */
export function loadSchedule(reference: string): Promise<Schedule> {
  if (Object.hasOwn(schedules, reference)) return Promise.resolve(schedules[reference]);
  // A file that was changed since is another module.
  const isFile = isModulePath(reference) && statSync(reference, { throwIfNoEntry: false })?.isFile() === true;
  const version = isFile ? moduleDigest(reference) : '';
  const key = `${resolve(reference)} ${version}`;
  const known = loaded.get(key) ?? loadModule(reference, version);
  loaded.set(key, known);
  return known;
}

/** Modules that this thread has loaded, by path and digest. */
const loaded = new Map<string, Promise<Schedule>>();

async function loadModule(reference: string, version: string): Promise<Schedule> {
  const names = Object.keys(schedules).join(', ');
  if (!isModulePath(reference)) {
    throw new InputError('schedule', reference, `${names}, or a path to a module (.ts, .js)`);
  }
  if (version === '' && !existsSync(reference)) throw new InputError('schedule', reference, 'a file that exists');
  // Outside of what is refused as a module that does not load: here it is the optional package that may be missing.
  if (reference.endsWith('ts')) await import('tsx/esm/api');
  let module: { default?: unknown };
  try {
    module = await importModule(reference, version);
  } catch (error) {
    throw new InputError('schedule', reference, `a module that loads (${firstWords(error)})`);
  }
  const schedule = checkedSchedule(unwrapped(module.default), reference);
  learnLabels({ [schedule.name]: schedule.label ?? schedule.name });
  return schedule;
}

/** The first line of an error's message, and the second where that is what the first announces. */
function firstWords(error: unknown): string {
  const [first, second = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return first.endsWith(':') ? `${first} ${second}` : first;
}

/** The digests of the files that this thread's modules have imported, which Node would take from memory. */
const imported = new Map<string, string>();

/**
 * Imports a module of TypeScript or JavaScript. What Node can read itself is not given to tsx, which starts a thread for
 * it, a second of processor time; JavaScript that imports TypeScript is, and so is what imports a file that was imported
 * before and may have been changed: tsx reads it anew.
 * @param version what Node, which imports a URL once, tells the texts of a file apart by
 */
async function importModule(path: string, version: string): Promise<{ default?: unknown }> {
  const url = pathToFileURL(resolve(path)).href;
  const files = version === '' ? [] : moduleFiles(path);
  const { cache } = createRequire(import.meta.url);
  // CommonJS is kept by its path, to which tsx adds a query.
  const kept = Object.keys(cache).filter((key) => files.includes(key.replace(/\?namespace=[^?]*$/, '')));
  for (const key of kept) Reflect.deleteProperty(cache, key);
  const digests = new Map(files.slice(1).map((file) => [file, digestOf(readFileSync(file))]));
  const isStale = [...digests].some(([file, digest]) => (imported.get(file) ?? digest) !== digest);
  for (const [file, digest] of digests) imported.set(file, digest);
  let failure: unknown;
  if (!url.endsWith('ts') && !isStale) {
    try {
      return (await import(`${url}?${version}`)) as { default?: unknown };
    } catch (error) {
      failure = error;
    }
  }
  // Without the optional packages JavaScript is told of in Node's words.
  const { tsImport } = await import('tsx/esm/api').catch((error: unknown) => {
    throw failure ?? error;
  });
  return (await tsImport(url, import.meta.url)) as { default?: unknown };
}

/** Whether a reference to a schedule is the path of a module. */
export function isModulePath(reference: string): boolean {
  return /\.m?[jt]s$/.test(reference);
}

/**
 * What the settings of a run keep of a user's module: the digest of its text and the label of its schedule, so that the
 * run's folder names it without the module. Of a schedule of the package, nothing.
 */
export async function moduleIdentity(
  reference: string,
): Promise<{ 'schedule-module'?: string; 'schedule-label'?: string }> {
  if (!isModulePath(reference)) return {};
  const { name, label = name } = await loadSchedule(reference);
  return { 'schedule-module': moduleDigest(reference), 'schedule-label': label };
}

/**
 * The digest of the texts of a module and of the files that it imports, which stands for them among the settings that
 * decide a run's numbers. Of a module that imports no file it is the SHA-256 of its text.
 */
export function moduleDigest(path: string): string {
  const digests = moduleFiles(path).map((file) => digestOf(readFileSync(file)));
  // Without the files' paths, so that a copied folder goes on.
  return digests.length === 1 ? digests[0] : digestOf(digests.join('\n'));
}

/** Throws an InputError where a module, or a file that it imports, is no longer as it was when its digest was taken. */
export function requireDigest(path: string, digest: string | undefined): void {
  if (digest !== undefined && moduleDigest(path) !== digest) {
    throw new InputError('schedule', path, 'a module that is not changed while its runs are made');
  }
}

/** CommonJS interop can wrap the default export once more. */
function unwrapped(exported: unknown): unknown {
  return typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : exported;
}
