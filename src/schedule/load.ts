import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../base/input-error.js';
import { schedules } from './index.js';
import type { Schedule } from './schedule.js';

/**
 * The schedule of a name, or the default export of a module of the user's own (a path that ends in .ts, .js or .mjs).
 * Throws an InputError where there is no such schedule or the module exports none.
 */
export async function loadSchedule(reference: string): Promise<Schedule> {
  if (Object.hasOwn(schedules, reference)) return schedules[reference];
  const names = Object.keys(schedules).join(', ');
  if (!/\.m?[jt]s$/.test(reference)) {
    throw new InputError('schedule', reference, `one of ${names}, or a path to a module (.ts, .js)`);
  }
  const { tsImport } = await import('tsx/esm/api');
  let module: { default?: unknown };
  try {
    module = (await tsImport(pathToFileURL(resolve(reference)).href, import.meta.url)) as { default?: unknown };
  } catch (error) {
    throw new InputError('schedule', reference, `a module that loads (${(error as Error).message.split('\n')[0]})`);
  }
  const schedule = unwrapped(module.default);
  if (!isSchedule(schedule)) {
    throw new InputError('schedule', reference, 'a default export with name, init, evaluates, choose and observe');
  }
  return schedule;
}

/** CommonJS interop can wrap the default export once more. */
function unwrapped(exported: unknown): unknown {
  return typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : exported;
}

function isSchedule(value: unknown): value is Schedule {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Record<string, unknown>;
  const functions = ['init', 'evaluates', 'choose', 'observe'];
  return typeof candidate.name === 'string' && functions.every((name) => typeof candidate[name] === 'function');
}
