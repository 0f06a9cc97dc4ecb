import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Report } from './bench.js';

const execute = promisify(execFile);

/** What a program printed; throws with its complaints where it fails. */
export async function output(command: string, args: readonly string[], environment = {}): Promise<string> {
  const { stdout } = await execute(command, args, {
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

/** The path of a file beside this one, as bench/convex/peer.c. */
export function benchFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** A temporary folder for as long as the work takes. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'forgetting-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Whether the C compiler is there; the report says how to get it where it is not. */
export function hasCompiler(report: Report): Promise<boolean> {
  return available(report, 'C', 'gcc', 'gcc', ['--version']);
}

/**
 * The Python that has a module ("numpy", "torch"), or undefined; the report says how to get it.
 * Debian's packages belong to /usr/bin/python3, which is tried first.
 */
export async function pythonWith(module: string, report: Report): Promise<string | undefined> {
  for (const python of ['/usr/bin/python3', 'python3']) {
    if (await works(python, ['-c', `import ${module}`])) return python;
  }
  missing(report, module, `python3-${module}`);
  return undefined;
}

async function available(
  report: Report,
  peer: string,
  debianPackage: string,
  command: string,
  args: readonly string[],
): Promise<boolean> {
  if (await works(command, args)) return true;
  missing(report, peer, debianPackage);
  return false;
}

function missing(report: Report, peer: string, debianPackage: string): void {
  report.note(`${peer} is left out: not found here; on Debian, apt-get install ${debianPackage}`);
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  return execute(command, args).then(
    () => true,
    () => false,
  );
}
