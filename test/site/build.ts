import { join } from 'node:path';
import { build } from 'vite';

const root = new URL('../..', import.meta.url).pathname;

/** Where the site built for the tests lies. */
export const siteBuild = join(root, '.cache/test-site');

const memory = globalThis as { siteBuilding?: Promise<unknown> };

/** Builds the site once before its tests, though two projects of tests ask for it. */
export default async function buildSite(): Promise<void> {
  memory.siteBuilding ??= build({
    configFile: join(root, 'site/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: siteBuild },
  });
  await memory.siteBuilding;
}
