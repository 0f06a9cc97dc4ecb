import type { Command } from 'commander';
import type { TakenSchedules } from './options/taken-schedules.js';

/** The commands that take schedules. */
const taking = new WeakMap<Command, TakenSchedules>();

/**
 * Adds --schedule to a command, and has the options of every schedule's own added before its words are read.
 * @param defaults the command's defaults of schedules' settings, where they are others than the schedules'
 */
export function withSchedule(
  command: Command,
  { more = '', defaults = {} }: { readonly more?: string; readonly defaults?: Readonly<Record<string, unknown>> } = {},
): Command {
  taking.set(command, { option: 'schedule', defaults, decided: [] });
  return command.requiredOption(
    '--schedule <name>',
    `a schedule of those below${more}, or a path to a module (.ts, .js)`,
  );
}

/** Adds --schedules to a command that takes several, and has their own options added before its words are read. */
export function withSchedules(command: Command, more: Omit<TakenSchedules, 'option'>): Command {
  taking.set(command, { option: 'schedules', ...more });
  return command.option(
    '--schedules <list>',
    `${more.purpose ?? 'the schedules to compare with Sequential'}, with commas: of those below, or paths to modules (.ts, .js)`,
    (text) => text.split(',').map((name) => name.trim()),
  );
}

/** Adds the schedules' own options to a command that takes schedules; the schedules are loaded for no other. */
export async function completed(command: Command, words: readonly string[]): Promise<void> {
  const how = taking.get(command);
  if (how === undefined) return;
  const { addScheduleOptions } = await import('./options/schedule.js');
  await addScheduleOptions(command, words, how);
  const naming = command.options.find(({ long }) => long === `--${how.option}`);
  if (naming === undefined || how.standard === undefined) return;
  naming.description += ` (default: ${(await how.standard()).join(',')})`;
}
