/** Where piscina finds a module that runs in threads, and what a thread is started with. */
export interface WorkerModule {
  readonly filename: string;
  readonly execArgv: string[];
}

/**
 * A module beside the importing one as piscina's worker: built, or from source through tsx.
 * A thread inherits tsx's hooks for static imports alone; those for `import()` have to be registered in it.
 * @param name without extension
 * @param importer the importing module's `import.meta.url`
 */
export function workerModule(name: string, importer: string): WorkerModule {
  if (!importer.endsWith('.ts')) return { filename: new URL(`./${name}.js`, importer).href, execArgv: [] };
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const hooks = `data:text/javascript,import { register } from ${api}; register();`;
  const filename = new URL(`./${name}.ts`, importer).href;
  return { filename, execArgv: ['--import', import.meta.resolve('tsx'), '--import', hooks] };
}
