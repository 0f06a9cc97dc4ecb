import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testBuild } from '../build.js';

/** The program as the tests compile it, for node to run. */
export const program = join(testBuild, 'src/cli.js');

/** What a finished command left on its streams. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process ended, by a signal perhaps, and what it wrote. */
export interface Ended extends Finished {
  readonly signal: NodeJS.Signals | null;
}

/** A process under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Where a process runs and what it is told beside its words. */
export interface ProcessOptions {
  readonly cwd?: string;
  /** Changes to this environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where its output goes in place of the answer: a file descriptor. */
  readonly output?: number;
}

const root = new URL('../..', import.meta.url).pathname;

/** Starts node with these words: the program and its arguments, or a script after -e. */
export function startNode(words: readonly string[], { cwd = root, env, output }: ProcessOptions = {}): Running {
  const child = spawn(process.execPath, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output ?? 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { process: child, ended };
}

/** Starts `forgetting …` as an installed package would. */
export function startForgetting(args: readonly string[], options: ProcessOptions = {}): Running {
  return startNode([program, ...args], options);
}

/** Runs `forgetting …` to its end as an installed package would, in a process of its own. */
export function forgetting(args: readonly string[], options: Pick<ProcessOptions, 'cwd' | 'env'> = {}): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
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
