import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

/** Where the command line compiled for the tests lies. */
export const testBuild = join(root, '.cache/test-build');

/**
 * Compiles the package once before all tests, so that the many commands they run start fast. Types are checked where
 * the package is packed (test/package.test.ts), not here.
 */
export default function build(): void {
  rmSync(testBuild, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const unchecked = ['--noCheck', '--declaration', 'false'];
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', testBuild, ...unchecked], {
    cwd: root,
    stdio: 'inherit',
  });
}
