import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { closedFormFile } from './problems.js';
import { fileIn } from './cli/command.js';
import { temporaryFolder } from './temporary-folder.js';

const root = new URL('..', import.meta.url).pathname;
const megabyte = 2 ** 20;

const folder = temporaryFolder();

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Has npm install into a folder: what is given, or what its package.json asks for. */
function install(project: string, ...words: string[]): void {
  run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', ...words], project);
}

/** Bytes of all files under a folder. */
function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const project = join(folder, 'project');

beforeAll(() => {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"type": "module", "private": true}');
  install(project, '--omit=optional', `../${tarball}`);
  fileIn(project, 'pair.json', closedFormFile(0.3));
}, 600_000);

describe('the packed package, installed into an empty folder', () => {
  it('without its optional packages is small, does all of the convex side, and says what else needs', () => {
    expect(sizeOf(join(project, 'node_modules'))).toBeLessThan(150 * megabyte);
    const forgetting = (...args: string[]) =>
      spawnSync(process.execPath, ['node_modules/forgetting/dist/src/cli.js', ...args], {
        cwd: project,
        encoding: 'utf8',
      });
    for (const args of [
      ['run', 'pair.json', '--schedule', 'maxright', '--steps', '100', '--out', 'rows.parquet'],
      ['solve', 'pair.json', '--lambda', '0.25'],
      ['verify', '--quick', '--only', 'A.average,M.exact'],
      ['worst-case', '--schedule', 'alright', '--lambda', '0.3', '--steps', '2'],
    ]) {
      expect(forgetting(...args), args.join(' ')).toMatchObject({ status: 0, stderr: '' });
    }
    const needs = (name: string) => ({
      status: 2,
      stdout: '',
      stderr: `forgetting: this command needs ${name}, which is not installed: run npm install --include=optional\n`,
    });
    expect(forgetting('reproduce', '--quick', '--out', 'figures')).toMatchObject(needs('opentype.js'));
    expect(forgetting('llm', 'generate', '--model', 'none')).toMatchObject(needs('@tensorflow/tfjs-core'));
    // A schedule of one's own in JavaScript runs, and one that fails is told of; one in TypeScript needs tsx.
    const own =
      "{ name: 'own', init: () => ({}), distribution: () => [{ choice: { dpo: 1, sft: 0 }, probability: 1 }] }";
    for (const name of ['own.js', 'own.ts']) writeFileSync(join(project, name), `export default ${own};`);
    writeFileSync(join(project, 'throws.js'), 'throw new Error("boom");');
    const ran = (path: string) => forgetting('run', 'pair.json', '--steps', '10', '--schedule', path);
    expect(ran('./own.js')).toMatchObject({ status: 0, stderr: '' });
    expect(ran('./throws.js').stderr).toMatch(/expected a module that loads \(boom\)\n$/);
    expect(ran('./own.ts')).toMatchObject(needs('tsx'));
    // What is not there cannot have been loaded.
    expect(run(process.execPath, ['-e', "import('forgetting').then(() => console.log('loaded'))"], project)).toBe(
      'loaded\n',
    );
  }, 600_000);

  it('with them it exports its three entries with their types, and brings the command', { timeout: 600_000 }, () => {
    // As the refusals of above say.
    install(project, '--include=optional');
    const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'docs/library.md'), 'utf8')) ?? [];
    writeFileSync(join(project, 'example.ts'), example);
    fileIn(
      project,
      'entries.ts',
      `import { openBackend, loadModel, type Backend } from 'forgetting/llm';
       import { drawings, looks, type Figure } from 'forgetting/figures';
       export const backend: Promise<Backend> = openBackend('cpu');
       export const draw = (figure: Figure): string => figure.name + looks.alright.label;
       console.log(typeof loadModel, drawings.length > 10, (await backend).name);`,
    );
    run(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'example.ts', 'entries.ts'],
      ],
      project,
    );
    expect(run(process.execPath, ['example.js'], project)).toMatch(/mean: [\d.e-]+,\s+ci95: \[/);
    expect(run(process.execPath, ['entries.js'], project)).toBe('function true cpu\n');

    const args = ['forgetting', 'run', 'pair.json', '--schedule', 'alright', '--workers', '2', '--json'];
    expect(JSON.parse(run('npx', args, project))).toMatchObject({ schedule: 'alright', gradients: 1000 });
    expect(run('npx', ['forgetting', '--version'], project).trim()).toBe('0.1.0');
  });
});
