import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closedFormFile } from './problems.js';
import { fileIn, temporaryFolder } from './cli/command.js';

const root = new URL('..', import.meta.url).pathname;

describe('the packed package, installed into an empty folder', () => {
  it('exports the library with its types and brings the command', { timeout: 240_000 }, () => {
    const folder = temporaryFolder();
    const run = (command: string, args: readonly string[], cwd = folder): string =>
      execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    run('npm', ['pack', '--silent', '--pack-destination', folder], root);
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}');
    run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`]);

    const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'docs/library.md'), 'utf8')) ?? [];
    writeFileSync(join(folder, 'example.ts'), example);
    run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'example.ts'],
    ]);
    expect(run(process.execPath, ['example.js'])).toMatch(/mean: [\d.e-]+,\s+ci95: \[/);

    fileIn(folder, 'pair.json', closedFormFile(0.3));
    const printed = run('npx', ['forgetting', 'run', 'pair.json', '--schedule', 'alright', '--workers', '2', '--json']);
    expect(JSON.parse(printed)).toMatchObject({ schedule: 'alright', gradients: 1000 });
    expect(run('npx', ['forgetting', '--version']).trim()).toBe('0.1.0');
  });
});
