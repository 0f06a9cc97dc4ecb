import { CommanderError, type Command } from 'commander';
import { vi } from 'vitest';
import { InputError } from '../../src/base/input-error.js';
import { runWords } from '../../src/cli/program.js';
import type { Finished } from './command.js';

/**
 * What the command line says to words that a command refuses, in this process: a process of its own takes a third of a
 * second. What the command computes before it refuses is computed here; src/cli/guard.ts, which ends a process, is not run.
 */
export async function refused(command: Command, words: readonly string[]): Promise<Finished> {
  let [stdout, stderr, code] = ['', '', 0];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  command.configureOutput({ writeErr: (text) => (stderr += text) });
  try {
    await runWords([command], words);
  } catch (error) {
    if (error instanceof InputError) stderr += `forgetting: ${error.message}\n`;
    else if (!(error instanceof CommanderError)) throw error;
    code = 2;
  } finally {
    out.mockRestore();
  }
  return { code, stdout, stderr };
}
