import { Option, type Command } from 'commander';
import * as z from 'zod';
import { expectation } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { schedules } from '../../schedule/index.js';
import { isModulePath, loadSchedule } from '../../schedule/load.js';
import type { Schedule } from '../../schedule/schedule.js';
import { commaNumbers, optionName } from '../arguments.js';
import type { TakenSchedules } from './taken-schedules.js';

/** The options of a command's schedules, before it is known which schedule they are for. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** A schedule's own setting, as JSON Schema describes it. */
interface SettingField {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  /** What a command's help calls the value. */
  readonly value?: string;
}

/**
 * Adds to a command the own options of every schedule, of the modules among the words of its command line too, and to
 * its help what each schedule does.
 */
export async function addScheduleOptions(
  command: Command,
  words: readonly string[],
  { option: naming, defaults, decided }: TakenSchedules,
): Promise<void> {
  const flag = `--${naming}`;
  const named = words.flatMap((word, i) =>
    word === flag ? [words[i + 1] ?? ''] : word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [],
  );
  const modules = (naming === 'schedules' ? named.flatMap((list) => list.split(',')) : named)
    .map((name) => name.trim())
    .filter(isModulePath);
  const all = [...Object.values(schedules), ...(await Promise.all(modules.map(loadSchedule)))];
  const owners = new Map<string, Schedule[]>();
  for (const schedule of all) {
    for (const name of Object.keys(fieldsOf(schedule))) {
      if (!decided.includes(name)) owners.set(name, [...(owners.get(name) ?? []), schedule]);
    }
  }
  for (const [name, having] of owners) {
    const flag = `--${optionName(name)}`;
    if (command.options.some(({ long }) => long === flag)) {
      throw new InputError(
        `schedule ${having[0].name}: settings`,
        name,
        `names that ${command.name()} has no option of`,
      );
    }
    const { type, description = '', value = 'value', ...field } = fieldsOf(having[0])[name];
    const standard = defaults[name] ?? field.default;
    const shown = standard === undefined || standard === false ? '' : ` (default: ${JSON.stringify(standard)})`;
    const option = new Option(type === 'boolean' ? flag : `${flag} <${value}>`, description + shown);
    command.addOption(option.helpGroup(`Options of the schedule ${having.map((one) => one.name).join(', ')}:`));
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  const lines = all.map(({ name, description = '' }) => `  ${name.padEnd(width)}  ${description}`);
  command.addHelpText('after', ['', 'Schedules, and what a step works on:', ...lines].join('\n'));
}

/**
 * The schedule that options name, and its own settings among them; `defaults` stand for those not given.
 * Throws an InputError where a value is none of its setting's, or an option belongs to other schedules.
 */
export async function chosenSchedule(
  reference: string,
  options: GivenOptions,
  defaults: GivenOptions = {},
): Promise<{ readonly schedule: Schedule; readonly own: GivenOptions }> {
  const schedule = await loadSchedule(reference);
  const fields = fieldsOf(schedule);
  for (const [name, owners] of Object.entries(ownersByName())) {
    if (options[name] !== undefined && !(name in fields)) {
      const having = owners.map((one) => one.name).join(' or ');
      throw new InputError(optionName(name), options[name], `the schedule ${having} with it, not ${schedule.name}`);
    }
  }
  const given = givenSettings(schedule, options, defaults);
  return { schedule, own: schedule.settings === undefined ? {} : checked(schedule.settings, given, options) };
}

/**
 * The settings among the options that some of the named schedules have as their own, each as those that have it check it.
 * Throws an InputError where a value is none of its setting's, or an option belongs to none of these schedules.
 */
export async function settingsOfSchedules(references: readonly string[], options: GivenOptions): Promise<GivenOptions> {
  const named = await Promise.all(references.map(loadSchedule));
  for (const [name, owners] of Object.entries(ownersByName())) {
    if (options[name] !== undefined && !named.some((schedule) => name in fieldsOf(schedule))) {
      const having = owners.map((one) => one.name).join(' or ');
      throw new InputError(optionName(name), options[name], `the schedule ${having} among the schedules`);
    }
  }
  const all = named.flatMap((schedule) => {
    const given = givenSettings(schedule, options);
    if (schedule.settings === undefined || Object.keys(given).length === 0) return [];
    const accepted = checked(schedule.settings, given, options);
    return Object.keys(given).map((name) => [name, accepted[name]] as const);
  });
  return Object.fromEntries(all);
}

/** A schedule's own settings among the options, as it checks them; others' options are passed over. */
export function ownSettings(schedule: Schedule, options: GivenOptions): GivenOptions {
  const given = givenSettings(schedule, options);
  return schedule.settings === undefined ? {} : checked(schedule.settings, given, options);
}

/** The settings of every schedule that are options of a command, without what is no setting of any. */
export function withoutScheduleOptions<Options extends object>(options: Options): Partial<Options> {
  const own = ownersByName();
  return Object.fromEntries(Object.entries(options).filter(([name]) => !(name in own))) as Partial<Options>;
}

function givenSettings(schedule: Schedule, options: GivenOptions, defaults: GivenOptions = {}): GivenOptions {
  return Object.fromEntries(
    Object.entries(fieldsOf(schedule)).flatMap(([name, { type }]) => {
      const value = options[name] === undefined ? defaults[name] : parsed(options[name], type);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function ownersByName(): Readonly<Record<string, readonly Schedule[]>> {
  const owners: Record<string, Schedule[]> = {};
  for (const schedule of Object.values(schedules)) {
    for (const name of Object.keys(fieldsOf(schedule))) (owners[name] ??= []).push(schedule);
  }
  return owners;
}

function fieldsOf({ settings }: Schedule): Readonly<Record<string, SettingField>> {
  if (settings === undefined) return {};
  return (z.toJSONSchema(settings, { io: 'input' }).properties ?? {}) as Record<string, SettingField>;
}

/** The settings, checked; an error quotes what stood on the command line. */
function checked(settings: z.ZodObject, given: GivenOptions, options: GivenOptions): GivenOptions {
  const { success, data, error } = settings.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  const name = String(issue.path[0]);
  throw new InputError(optionName(name), options[name] ?? given[name], expectation(issue));
}

/** A value as a command line gives it, in the type of its setting; left as text where it cannot be that. */
function parsed(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'array') return commaNumbers(value);
  if (type !== 'number' && type !== 'integer') return value;
  const number = value.trim() === '' ? NaN : Number(value);
  return Number.isNaN(number) ? value : number;
}
