import { Readable } from 'node:stream';
import { CommanderError, type Command } from 'commander';
import { vi } from 'vitest';
import { CheckFailed } from '../../src/base/check-failed.js';
import { InputError } from '../../src/base/input-error.js';
import { runWords } from '../../src/cli/program.js';
import { commands } from '../../src/commands.js';
import type { Finished } from './command.js';

/**
 * What `forgetting …` answers, in this process: a process of its own takes from a third of a second to several on a busy
 * machine. src/cli/guard.ts, which ends a process, is not run, so that an error of the toolkit's own is thrown.
 * @param consumer what is written to the command's standard input after each line that it says, until there is nothing more
 */
export async function answered(
  words: readonly string[],
  known: readonly Command[] = commands(),
  consumer?: (said: string) => string | undefined,
): Promise<Finished & { readonly code: number }> {
  let [stdout, stderr, code] = ['', '', 0];
  const input = consumer && vi.spyOn(process, 'stdin', 'get');
  input?.mockReturnValue(Readable.from(replies(() => stdout, consumer)) as unknown as typeof process.stdin);
  const { argv, exitCode } = process;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  const told = vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
  process.argv = [...argv.slice(0, 2), ...words];
  process.exitCode = undefined;
  try {
    await runWords(known, words);
    code = exitCodeNow();
  } catch (error) {
    if (error instanceof InputError) [stderr, code] = [`${stderr}forgetting: ${error.message}\n`, 2];
    else if (error instanceof CheckFailed) [stderr, code] = [`${stderr}forgetting: ${error.message}\n`, 1];
    else if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else throw error;
  } finally {
    process.argv = argv;
    process.exitCode = exitCode;
    out.mockRestore();
    told.mockRestore();
    input?.mockRestore();
  }
  return { code, stdout, stderr };
}

/** What a consumer says to the last line each time it is asked. */
function* replies(
  said: () => string,
  consumer: (said: string) => string | undefined = () => undefined,
): Generator<Buffer> {
  for (;;) {
    const reply = consumer(said().trimEnd().split('\n').at(-1) ?? '');
    if (reply === undefined) return;
    yield Buffer.from(`${reply}\n`);
  }
}

/** The JSON that a command answers, which has to succeed. */
export async function answeredJson(words: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await answered(words);
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The exit code that a command has set. */
function exitCodeNow(): number {
  const set: unknown = process.exitCode;
  return typeof set === 'number' ? set : 0;
}
