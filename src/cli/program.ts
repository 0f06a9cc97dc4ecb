import { Command, CommanderError } from 'commander';
import { InputError } from '../base/input-error.js';
import { escaped } from '../base/short-text.js';
import { version } from '../base/version.js';
import { mayRepeat } from './arguments.js';
import { endWith, guardProcess } from './guard.js';

/** Runs the command line of this process over the given commands, and sets its exit code: 2 where input was bad. */
export async function runProgram(commands: readonly Command[]): Promise<void> {
  guardProcess();
  const program = new Command('forgetting')
    .description('Why preference learning makes a model forget its fine-tuning: run it, check it, see it.')
    .version(version)
    .option('--debug', 'where an unexpected error happened, of any command')
    .showHelpAfterError(false);
  for (const command of commands) program.addCommand(command);
  prepare(program);
  try {
    // Of any command, which would not know it.
    await program.parseAsync(process.argv.filter((word, i) => i < 2 || word !== '--debug'));
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else endWith(error);
  }
}

/**
 * Makes a command throw its own errors, so that every refusal leaves by one door, keep them on one line, and refuse an
 * option that is given twice where it may not be.
 */
function prepare(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      const line = text
        .trim()
        .replace(/^error: /, 'forgetting: ')
        .replace('\n(', ' (');
      write(`${escaped(line)}\n`);
    },
  });
  const given = new Set<string>();
  for (const option of command.options) {
    if (mayRepeat(option.parseArg)) continue;
    command.on(`option:${option.name()}`, (value: unknown) => {
      const name = option.attributeName();
      if (given.has(name)) {
        throw new InputError((option.long ?? option.flags).replace(/^--/, ''), value ?? true, 'the option once');
      }
      given.add(name);
    });
  }
  command.commands.forEach(prepare);
}
