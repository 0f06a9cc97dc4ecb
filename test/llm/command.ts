import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { testBuild } from '../build.js';

/** What node is given to run the program. */
const nodeWords = [join(testBuild, 'src/cli.js')];

/** How a command ended and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the real command line, as `forgetting llm <words>`, with changes to this environment. */
export function startLlm(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [...nodeWords, 'llm', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { process: child, ended };
}

/** Words of a command, with the options that `more` gives in place of those of the same name. */
export function withOptions(words: readonly string[], more: readonly string[]): string[] {
  const given = new Set(more.filter((word) => word.startsWith('--')));
  const kept = words.filter((word, i) => {
    const option = word.startsWith('--') ? word : words[i - 1];
    return !given.has(option);
  });
  return [...kept, ...more];
}

/** Words of a command without those options that are given again behind; of options that may repeat all stay. */
export function lastOf(words: readonly string[]): string[] {
  const repeatable = new Set(['--pareto-point', '--lambda']);
  const isOption = (word: string | undefined): word is string => word?.startsWith('--') === true;
  return words.filter((word, i) => {
    const at = isOption(word) ? i : isOption(words[i - 1]) ? i - 1 : -1;
    return at < 0 || repeatable.has(words[at]) || !words.includes(words[at], at + 1);
  });
}

/** Runs the real command line to its end. */
export function llm(...words: string[]): Promise<Ended> {
  return startLlm(words).ended;
}
