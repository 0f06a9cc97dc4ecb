import { alright } from './alright.js';
import { maxright } from './maxright.js';
import { mix } from './mix.js';
import type { Schedule } from './schedule.js';
import { sequential } from './sequential.js';
import { dpo, sft } from './single.js';

/** Every schedule, by the name used in commands, files and figures. A new one is a file of its own and a line here. */
export const schedules: Readonly<Record<string, Schedule>> = { sequential, mix, alright, maxright, sft, dpo };
