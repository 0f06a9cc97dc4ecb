import { alternating } from './alternating.js';
import { alright } from './alright.js';
import { annealed } from './annealed.js';
import { budget } from './budget.js';
import { cagrad } from './cagrad.js';
import { maxright } from './maxright.js';
import { mgda } from './mgda.js';
import { mix } from './mix.js';
import { pcgrad } from './pcgrad.js';
import { replay } from './replay.js';
import type { Schedule, Variant } from './schedule.js';
import { sequential } from './sequential.js';
import { dpo, sft } from './single.js';
import { smoothTchebycheff } from './smooth-tchebycheff.js';

/** Every schedule. A new one is a file of its own and a name here. */
const listed = [
  sequential,
  mix,
  alright,
  maxright,
  alternating,
  replay,
  annealed,
  smoothTchebycheff,
  budget,
  mgda,
  pcgrad,
  cagrad,
  sft,
  dpo,
] as const;

/** One of the package's schedules. */
export type Listed = (typeof listed)[number];

/** The schedules by the name used in commands, files and figures. */
export const schedules: Readonly<Record<string, Schedule>> = Object.fromEntries(
  listed.map((schedule: Schedule) => [schedule.name, schedule]),
);

/** What figures tell apart of a schedule: its variants, or the schedule itself. */
export function variantsOf({ name, label = name, variants }: Schedule): readonly Variant[] {
  return variants ?? [{ key: name, label, settings: {} }];
}
