import { expectation } from '../../src/base/checked.js';
import { InputError } from '../../src/base/input-error.js';
import { shortText } from '../../src/base/short-text.js';
import { checkedSchedule } from '../../src/schedule/checked.js';
import type { ObjectiveName, Schedule } from '../../src/schedule/schedule.js';
import { possibleOutcomes } from '../../src/schedule/step.js';
import type { ModuleFile, OwnSchedule } from './module-protocol.js';

/**
 * The schedule that a JavaScript module exports. Throws an InputError where the module does not load, exports none, or
 * cannot make a first step.
 */
export function loadOwn(file: ModuleFile): Promise<Schedule> {
  const known = loaded.get(file.text) ?? load(file);
  loaded.set(file.text, known);
  return known;
}

/** Modules that this worker has loaded, by their text. */
const loaded = new Map<string, Promise<Schedule>>();

async function load({ file, text }: ModuleFile): Promise<Schedule> {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  let exported: unknown;
  try {
    ({ default: exported } = (await import(/* @vite-ignore */ url)) as { default?: unknown });
  } catch (error) {
    throw new InputError('schedule', file, `a JavaScript module that loads (${firstLine(error, url)})`);
  } finally {
    URL.revokeObjectURL(url);
  }
  const schedule = checkedSchedule(exported, file);
  if (!/^[\w.-]+$/.test(schedule.name)) {
    throw new InputError(`${file}: name`, schedule.name, 'letters, digits, "-", "_" and "." alone');
  }
  tried(schedule, file);
  return schedule;
}

/** Makes a schedule's first step, short of any gradient, so that one that cannot is refused before anything runs. */
function tried(schedule: Schedule, file: string): void {
  try {
    let state = schedule.init({ lambda: 0.5, steps: 2, ideal: { dpo: 0, sft: 0 }, ...defaultsOf(schedule) });
    const asked: readonly ObjectiveName[] = schedule.evaluates?.(state, 1) ?? [];
    for (const objective of asked) state = schedule.observe?.(state, objective, 1) ?? state;
    possibleOutcomes(schedule, state, 1);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('schedule', file, `a schedule that can make a step (${firstLine(error)})`);
  }
}

/** A schedule's own settings where none is given. */
export function defaultsOf({ name, settings }: Schedule): Readonly<Record<string, unknown>> {
  if (settings === undefined) return {};
  const { success, data, error } = settings.safeParse({});
  if (success) return data;
  const [issue] = error.issues;
  throw new InputError(`schedule ${name}: ${issue.path.join('.')}`, undefined, `a default (${expectation(issue)})`);
}

/** What the page shows of a module's schedule. */
export async function described(module: ModuleFile): Promise<OwnSchedule> {
  const { name, label = name, description = '' } = await loadOwn(module);
  return { ...module, key: name, label: shortText(label, 40), description: shortText(description, 200) };
}

/** Why something of a user's own went wrong, in one line; `url` is where the browser has its text from. */
export function firstLine(error: unknown, url = ''): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0].replaceAll(url === '' ? '\n' : url, 'the module');
}
