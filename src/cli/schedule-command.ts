import type { Command } from 'commander';

/** The commands that take a schedule, and their own defaults of its settings. */
const taking = new WeakMap<Command, Readonly<Record<string, unknown>>>();

/**
 * Adds --schedule to a command, and has the options of every schedule's own added before its words are read.
 * @param defaults the command's defaults of schedules' settings, where they are others than the schedules'
 */
export function withSchedule(
  command: Command,
  { more = '', defaults = {} }: { readonly more?: string; readonly defaults?: Readonly<Record<string, unknown>> } = {},
): Command {
  taking.set(command, defaults);
  return command.requiredOption(
    '--schedule <name>',
    `a schedule of those below${more}, or a path to a module (.ts, .js)`,
  );
}

/** Adds the schedules' own options to a command that takes a schedule; the schedules are loaded for no other. */
export async function completed(command: Command, words: readonly string[]): Promise<void> {
  const defaults = taking.get(command);
  if (defaults === undefined) return;
  const { addScheduleOptions } = await import('./options/schedule.js');
  await addScheduleOptions(command, words, defaults);
}
