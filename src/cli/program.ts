import { Command, CommanderError } from 'commander';
import { InputError } from '../base/input-error.js';
import { optionalPackages, version } from '../base/version.js';

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
  const missing = missingPackage(error);
  if (missing !== undefined) {
    process.stderr.write(
      `forgetting: this command needs ${missing}, which is not installed: run npm install --include=optional\n`,
    );
    return 2;
  }
  throw error;
}

/** The optional package that an import in this thread or a worker did not find; undefined where the error is another. */
function missingPackage(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  const found = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? '';
  return optionalPackages.find((name) => found === name || found.startsWith(`${name}/`));
}
