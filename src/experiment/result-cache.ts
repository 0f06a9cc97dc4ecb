import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCache, sourceHash, type Cache } from './cache.js';

/** The finished tasks in a folder that the code as it is has made. */
export async function cacheOf(folder: string): Promise<Cache> {
  const { version } = await import('../base/version.js');
  return openCache(folder, `${version} ${sourceHash(resultFolders())}`);
}

/** The folders of the code that results depend on; how figures look and commands speak is not part of it. */
export function resultFolders(): string[] {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const floors = [
    'base',
    'schedule',
    'preference-loss',
    'convex',
    'sdp',
    'theory',
    'engine',
    'llm',
    'remedy',
    'experiment',
  ];
  return [...floors.map((floor) => `src/${floor}`), 'experiments'].map((folder) => resolve(root, folder));
}
