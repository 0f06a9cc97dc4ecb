import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testBuild } from '../build.js';

/** What a finished command left on its streams. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `forgetting …` as an installed package would, in a process of its own. */
export function forgetting(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Finished {
  const root = new URL('../..', import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(testBuild, 'src/cli.js'), ...args], {
    encoding: 'utf8',
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** The JSON that a successful command printed. */
export function forgettingJson(args: readonly string[]): unknown {
  const { code, stdout, stderr } = forgetting(args);
  if (code !== 0) throw new Error(`exit code ${code ?? 'none'}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Writes a JSON value, or text as it is, to a file in the folder and returns its path. */
export function fileIn(folder: string, name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
