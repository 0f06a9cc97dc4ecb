import { spawnSync } from 'node:child_process';

/** Debian's Python, whose packages apt installs. */
const python = '/usr/bin/python3';

/**
 * Whether Python lacks a module, or is not there itself: its tests are then skipped, but never in CI, where they fail.
 */
export function lacksPython(module = 'sys'): boolean {
  return process.env.CI === undefined && spawnSync(python, ['-c', `import ${module}`]).status !== 0;
}

/** Runs Python to its end, with changes to this environment; throws with what it wrote on standard error where it fails. Gives its standard output. */
export function runPython(words: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): string {
  const env = { ...process.env, ...environment };
  const { error, status, stdout, stderr } = spawnSync(python, words, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`python3 ${words.join(' ')}: exit code ${status}\n${stderr}`);
  return stdout;
}
