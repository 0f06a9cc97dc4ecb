import { Command, CommanderError } from 'commander';
import { InputError } from '../base/input-error.js';
import { version } from '../base/version.js';

/** Runs the command line of this process over the given commands, and sets its exit code: 2 where input was bad. */
export async function runProgram(commands: readonly Command[]): Promise<void> {
  const program = new Command('forgetting')
    .description('Why preference learning makes a model forget its fine-tuning: run it, check it, see it.')
    .version(version)
    .exitOverride()
    .showHelpAfterError(false);
  for (const command of commands) program.addCommand(withoutExit(command));

  // A reader that stops early, as `| head` does, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });

  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

/** A command whose own errors are thrown, so that every refusal leaves by one door. */
function withoutExit(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(withoutExit);
  return command;
}

/** 0 for help, 2 for bad input, with its one line on stderr; anything else is a defect and keeps its stack. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    process.stderr.write(`forgetting: ${error.message}\n`);
    return 2;
  }
  throw error;
}
