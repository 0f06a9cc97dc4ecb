import { join } from 'node:path';
import { build } from 'vite';

const root = new URL('../..', import.meta.url).pathname;

/** Where the site built for the tests lies. */
export const siteBuild = join(root, '.cache/test-site');

/** Builds the site once before its tests. */
export default async function buildSite(): Promise<void> {
  await build({
    configFile: join(root, 'site/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: siteBuild },
  });
}
