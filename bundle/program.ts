import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Packages with a binary of their own, which are copied instead of bundled: their files, by package. */
const copiedPackages: Readonly<Record<string, readonly string[]>> = {
  webgpu: ['package.json', 'index.js', 'dist/linux-x64/dawn.node'],
};

/** The binary that the threads of the wasm backend resolve as a file of its package. */
const sharedMemoryWasm = { '@tensorflow/tfjs-backend-wasm': ['wasm-out/tfjs-backend-wasm-simd.wasm'] };

/**
 * Writes the program as plain JavaScript that needs no package: program/ with main.js and the wasm binaries beside it,
 * node_modules/ with Dawn, licences/ with those of every package that went in.
 */
export async function writeProgram(folder: string): Promise<void> {
  const program = join(folder, 'program');
  const packages = await bundled(program);
  copyWasmBinaries(program);
  for (const [name, files] of Object.entries({ ...copiedPackages, ...sharedMemoryWasm })) {
    for (const file of files) copy(join(root, 'node_modules', name, file), join(folder, 'node_modules', name, file));
  }
  const { name, version } = require('../package.json') as { name: string; version: string };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
  copyLicences([...packages, ...Object.keys(copiedPackages)], join(folder, 'licences'));
  for (const file of ['LICENSE', 'README.md']) copy(join(root, file), join(folder, file));
}

/** Bundles the entries into a folder; returns the packages whose code is in it. */
async function bundled(folder: string): Promise<string[]> {
  const tfjs = ['tfjs-core', 'tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-backend-webgpu'];
  const output = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    // The files that Node itself takes, not the ones for browsers: the same program as in a checkout.
    resolve: {
      alias: tfjs.map((name) => ({
        find: new RegExp(`^@tensorflow/${name}$`),
        replacement: require.resolve(`@tensorflow/${name}`),
      })),
    },
    ssr: { noExternal: true, external: Object.keys(copiedPackages) },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      rolldownOptions: {
        // Modules of threads are found beside the program's own files by their names.
        input: [
          ...['bundle/main.ts', 'bundle/print-environment.ts'],
          ...['src/llm/data/parquet-worker.ts', 'src/study/run-task.ts'],
        ].map((entry) => join(root, entry)),
        // All in one folder: the wasm backend looks for its binaries beside its own file.
        output: { banner: commonJsNames, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const chunks = [output].flat().flatMap((result) => ('output' in result ? result.output : []));
  const modules = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const names = modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** What CommonJS packages expect around them. It stands beside the bundled modules' own names, which have no $. */
const commonJsNames = `import { createRequire as $createRequire } from 'node:module';
import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $fileURLToPath } from 'node:url';
const require = $createRequire(import.meta.url);
const __filename = $fileURLToPath(import.meta.url);
const __dirname = $dirname(__filename);
`;

function copyWasmBinaries(folder: string): void {
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  for (const name of readdirSync(wasm)) if (name.endsWith('.wasm')) copy(join(wasm, name), join(folder, name));
}

function copyLicences(packages: readonly string[], folder: string): void {
  for (const name of packages) {
    const from = join(root, 'node_modules', name);
    for (const file of readdirSync(from)) {
      if (/^(licen[cs]e|copying|notice)/i.test(file))
        copy(join(from, file), join(folder, name.replace('/', '-'), file));
    }
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
