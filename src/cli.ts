#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { llmCommand } from './cli/llm.js';
import { InputError } from './input-error.js';
import { version } from './version.js';

const program = new Command('forgetting')
  .description('Why preference learning makes a model forget its fine-tuning: run it, check it, see it.')
  .version(version)
  .exitOverride()
  .showHelpAfterError(false);

for (const command of [llmCommand()]) program.addCommand(withoutExit(command));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
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
