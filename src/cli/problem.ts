import { Command } from 'commander';

/** `forgetting problem`: generators of problem files. */
export function problemCommand(): Command {
  return new Command('problem').description('make a problem file');
}
