import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = ['src', 'experiments', 'figures', 'bench'];

/** Packages that Node is slow to read, those of hundreds of modules and CommonJS in one large file: they are bundled. */
const slowToRead = /^(@stdlib\/|mathjs\/|zod$)/;

/**
 * CommonJS in one large file: Node looks through it for names before it imports it, which takes five times as long as to
 * read it by `require`. Not so that of WebGPU, whose backend is imported by name when it is needed: it would have no names.
 */
const required = /^@tensorflow\/tfjs-(core|backend-(cpu|wasm))$/;

/** What takes a tenth of a second to load, and only a command that reads expressions needs: it is read when it is used. */
const lazy = /^mathjs\/lib\/browser\/math\.js$/;

/** @type {import('esbuild').Plugin} Leaves all other imports as they are written. */
const bundleSome = {
  name: 'bundle some packages',
  setup(build) {
    // Of what is imported when it is needed, names would be missing: that is left to Node.
    build.onResolve({ filter: required }, ({ path, namespace, kind }) =>
      namespace === 'required' || kind === 'dynamic-import'
        ? { path, external: true }
        : { path, namespace: 'required' },
    );
    build.onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
    build.onResolve({ filter: lazy }, ({ path, namespace }) =>
      namespace === 'lazy' ? { path, external: true } : { path, namespace: 'lazy' },
    );
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: `let loaded;
        const load = () => (loaded ??= require(${JSON.stringify(path)}));
        export default new Proxy({}, { get: (_, name) => load()[name] });`,
    }));
    build.onResolve({ filter: /./ }, ({ path, kind, importer }) => {
      // Also where packages lie in a folder above, or behind a link.
      const isOurs = kind !== 'entry-point' && !/(^|[\\/])node_modules[\\/]/.test(relative(root, importer));
      return isOurs && !slowToRead.test(path) ? { path, external: true } : undefined;
    });
  },
};

/** Milliseconds for which the compiled sources of another state of the checkout are kept: something may still run. */
const kept = 24 * 3600 * 1000;

/**
 * The folder of this checkout's sources as JavaScript, file by file, compiled where they have changed. Types are not
 * checked. The folder is written whole or not at all, and has the hash of the sources in its name.
 * @returns {Promise<string>}
 */
export async function compiled() {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .sort()
      .map((file) => join(folder, file)),
  );
  const hash = createHash('sha256');
  for (const source of ['compile.js', 'package-lock.json', ...sources])
    hash.update(`${source}\n`).update(readFileSync(join(root, source)));
  const all = join(root, '.cache/compiled');
  const folder = join(all, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;

  mkdirSync(all, { recursive: true });
  removeOld(all);
  const outdir = mkdtempSync(join(all, 'unfinished-'));
  const { build } = await import('esbuild');
  await build({
    entryPoints: sources.map((source) => join(root, source)),
    outdir,
    outbase: root,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    bundle: true,
    splitting: true,
    plugins: [bundleSome],
    // What such packages require of Node itself.
    banner: { js: "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);" },
  });
  try {
    renameSync(outdir, folder);
  } catch (error) {
    // Another process was faster with the same.
    if (!existsSync(folder)) throw error;
    rmSync(outdir, { recursive: true });
  }
  return folder;
}

/** @param {string} all */
function removeOld(all) {
  for (const name of readdirSync(all)) {
    const folder = join(all, name);
    if (Date.now() - statSync(folder).mtimeMs > kept) rmSync(folder, { recursive: true, force: true });
  }
}
