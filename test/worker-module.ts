import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { WorkerModule } from '../src/base/worker-module.js';
import { testBuild } from './build.js';

// In place of src/base/worker-module.ts, by vitest.config.ts: threads of tests run the same sources, compiled once. From
// source every thread would start a compiler of its own, which takes longer than what most of them are for.
const root = new URL('..', import.meta.url).pathname;

export function siblingModule(path: string, importer: string): URL {
  const file = relative(root, fileURLToPath(new URL(`${path}.js`, importer)));
  return pathToFileURL(join(testBuild, file));
}

export function workerModule(name: string, importer: string): WorkerModule {
  return { filename: siblingModule(`./${name}`, importer).href, execArgv: [] };
}
