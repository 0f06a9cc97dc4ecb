import { paper, variants, type ScheduleKey } from '../src/schedule/key.js';
import type { Order } from '../src/schedule/schedule.js';

/** Every schedule as settings of a run: its name and what sets a variant of it apart. */
export const compared = Object.fromEntries(
  Object.values(variants).map(({ key, schedule, settings }) => [key, { schedule, ...settings }]),
) as unknown as Readonly<Record<ScheduleKey, { readonly schedule: string; readonly order?: Order }>>;

/** Those that the figures compare, in the order of every legend. */
export const comparedKeys: readonly ScheduleKey[] = Object.values(paper);

/** Those, and behind them others that results have, as a figure's legend lists them. */
export function withOthers(keys: readonly string[]): string[] {
  return [...new Set<string>([...comparedKeys, ...keys])];
}
