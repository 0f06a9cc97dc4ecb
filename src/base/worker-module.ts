/** Where piscina finds a module that runs in threads, and what a thread is started with. */
export interface WorkerModule {
  readonly filename: string;
  readonly execArgv: string[];
}

/**
 * A module beside the importing one, built or from source.
 * @param path without extension
 * @param importer the importing module's `import.meta.url`
 */
export function siblingModule(path: string, importer: string): URL {
  return new URL(`${path}${importer.endsWith('.ts') ? '.ts' : '.js'}`, importer);
}

/**
 * A module beside the importing one as piscina's worker: built, or from source through tsx.
 * A thread inherits tsx's hooks for static imports alone; those for `import()` have to be registered in it.
 * @param name without extension
 * @param importer the importing module's `import.meta.url`
 */
export function workerModule(name: string, importer: string): WorkerModule {
  const filename = siblingModule(`./${name}`, importer).href;
  if (!importer.endsWith('.ts')) return { filename, execArgv: [] };
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const hooks = `data:text/javascript,import { register } from ${api}; register();`;
  return { filename, execArgv: ['--import', import.meta.resolve('tsx'), '--import', hooks] };
}
