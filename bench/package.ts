import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone, inTurns, type Group, type Report } from './bench.js';
import { inTemporaryFolder } from './peers.js';

/** What the package takes where it is installed, with and without its optional packages, and how soon each entry is there. */
export const packaged: Group = {
  name: 'package',
  description: 'size of an installation, and time to import each entry',
  run: (report) => inTemporaryFolder((folder) => measure(folder, report)),
};

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = 21;

async function measure(folder: string, report: Report): Promise<void> {
  const about = { group: packaged.name, threads: 1 };
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const light = installed(folder, 'light', ['--omit=optional']);
  const full = installed(folder, 'full', []);
  report.row(alone({ ...about, case: 'installed, --omit=optional', ours: megabytes(light), unit: 'MB' }));
  report.row(alone({ ...about, case: 'installed, everything', ours: megabytes(full), unit: 'MB' }));
  const times = await inTurns(
    {
      forgetting: () => importTime(light, 'forgetting'),
      'forgetting/llm': () => importTime(full, 'forgetting/llm'),
      'forgetting/figures': () => importTime(full, 'forgetting/figures'),
    },
    rounds,
  );
  for (const [entry, found] of Object.entries(times)) {
    // The least: whatever else the machine does can only add to it.
    report.row(alone({ ...about, case: `import ${entry}`, ours: Math.min(...found), unit: 'ms' }));
  }
}

/** A project in the folder with the packed package installed into it. */
function installed(folder: string, name: string, options: readonly string[]): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"type": "module", "private": true}');
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const quiet = ['--silent', '--prefer-offline', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...quiet, ...options, `../${tarball}`], { cwd: project });
  return project;
}

/** Megabytes of all files that an installation brought. */
function megabytes(project: string): number {
  const files = readdirSync(join(project, 'node_modules'), { recursive: true, withFileTypes: true });
  const sizes = files.filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)));
  // What the disk gives them, as `du` counts: a small file takes a whole block.
  return sizes.reduce((sum, { blocks }) => sum + 512 * blocks, 0) / 1e6;
}

/** Milliseconds of processor time that a fresh process takes to import an entry: the clock's, where nothing else runs. */
function importTime(project: string, entry: string): number {
  const script = `await import('${entry}'); const { user, system } = process.cpuUsage(); console.log((user + system) / 1e3);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: project }).toString());
}
