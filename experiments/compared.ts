import type { ScheduleKey } from '../src/schedule/key.js';
import type { EnsembleSettings } from '../src/experiment/comparison.js';

/** The schedules that figures compare, as settings of a run. */
export const compared: Readonly<Record<ScheduleKey, Pick<EnsembleSettings, 'schedule' | 'order'>>> = {
  'sequential-sft-dpo': { schedule: 'sequential', order: 'sft-dpo' },
  'sequential-dpo-sft': { schedule: 'sequential', order: 'dpo-sft' },
  mix: { schedule: 'mix' },
  alright: { schedule: 'alright' },
  maxright: { schedule: 'maxright' },
};

/** Their names, in the order of every legend. */
export const comparedKeys = Object.keys(compared) as ScheduleKey[];
