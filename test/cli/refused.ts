import type { Command } from 'commander';
import type { Finished } from './command.js';
import { answered } from './in-process.js';

/** What the command line says to words that a command refuses, in this process; what it computes before is computed here. */
export function refused(command: Command, words: readonly string[]): Promise<Finished> {
  return answered(words, [command]);
}
