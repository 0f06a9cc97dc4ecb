import { Command, CommanderError, type Option } from 'commander';
import { InputError } from '../base/input-error.js';
import { escaped } from '../base/short-text.js';
import { version } from '../base/version.js';
import { mayRepeat } from './arguments.js';
import { endWith, guardProcess } from './guard.js';
import { completed } from './schedule-command.js';

/** Runs the command line of this process over the given commands, and sets its exit code: 2 where input was bad. */
export async function runProgram(commands: readonly Command[]): Promise<void> {
  guardProcess();
  try {
    await runWords(commands, process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else endWith(error);
  }
}

/**
 * Runs the command that some words name.
 * @throws CommanderError for help and for what is no option, once it is printed, and what the command throws
 */
export async function runWords(commands: readonly Command[], given: readonly string[]): Promise<void> {
  const program = new Command('forgetting')
    .description('Why preference learning makes a model forget its fine-tuning: run it, check it, see it.')
    .version(version)
    .option('--debug', 'show where an unexpected error happened (with any command)')
    .showHelpAfterError(false);
  for (const command of commands) program.addCommand(command);
  // Of any command, which would not know it.
  const words = given.filter((word) => word !== '--debug');
  prepare(program, words);
  // `help run` is `run --help`, so that it shows everything that the command takes.
  const line = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  await program.parseAsync(line, { from: 'user' });
}

/**
 * Makes a command throw its own errors, so that every refusal leaves by one door, keep them on one line, and refuse an
 * option that is given twice where it may not be.
 */
function prepare(command: Command, words: readonly string[]): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      const line = text
        .trim()
        .replace(/^error: /, 'forgetting: ')
        .replace('\n(', ' (');
      write(`${escaped(line)}\n`);
    },
  });
  takeOnce(command, command.options);
  command.hook('preSubcommand', async (_, subcommand) => {
    const before = subcommand.options.length;
    await completed(subcommand, words);
    takeOnce(subcommand, subcommand.options.slice(before));
  });
  for (const inner of command.commands) prepare(inner, words);
}

/** Refuses an option that is given twice where it may not be; one that takes several values is told of each of them. */
function takeOnce(command: Command, options: readonly Option[]): void {
  const given = new Set<string>();
  for (const option of options) {
    if (option.variadic || mayRepeat(option.parseArg)) continue;
    command.on(`option:${option.name()}`, (value: unknown) => {
      const name = option.attributeName();
      if (given.has(name)) {
        throw new InputError((option.long ?? option.flags).replace(/^--/, ''), value ?? true, 'the option once');
      }
      given.add(name);
    });
  }
}
