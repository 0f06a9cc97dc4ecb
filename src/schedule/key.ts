import { schedules, variantsOf, type Listed } from './index.js';
import type { Variant } from './schedule.js';

/**
 * This module exports data alone: the site's build evaluates it and ships what it says, without the schedules and the
 * library that their settings are checked by.
 */

/** A schedule as results and figures tell it apart: a sequential run with its order, for example. */
export type ScheduleKey = KeyOf<Listed>;

type KeyOf<One> = One extends { readonly variants: readonly Variant[] }
  ? One['variants'][number]['key']
  : One extends { readonly name: infer Name }
    ? Name
    : never;

/** A variant with the schedule that it is one of. */
export interface KeyedVariant extends Variant {
  readonly key: ScheduleKey;
  /** The schedule's name. */
  readonly schedule: string;
  /** What a step works on. */
  readonly description: string;
  /** The schedule's own settings by name. */
  readonly own: readonly string[];
}

/** Every variant of every schedule that figures tell apart, by its key. */
export const variants = Object.fromEntries(
  Object.values(schedules).flatMap((schedule) =>
    variantsOf(schedule).map((variant) => {
      const { name, description = '', settings } = schedule;
      return [variant.key, { ...variant, schedule: name, description, own: Object.keys(settings?.shape ?? {}) }];
    }),
  ),
) as unknown as Readonly<Record<ScheduleKey, KeyedVariant>>;

/** The schedules that the paper compares. */
export const paper = {
  sftThenDpo: 'sequential-sft-dpo',
  dpoThenSft: 'sequential-dpo-sft',
  mix: 'mix',
  alright: 'alright',
  maxright: 'maxright',
} as const satisfies Record<string, ScheduleKey>;

/** The names of these schedules. */
export const paperSchedules: readonly string[] = [
  ...new Set(Object.values(paper).map((key) => variants[key].schedule)),
];
