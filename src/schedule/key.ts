/** A schedule as results and figures tell it apart: a sequential run with its order. */
export type ScheduleKey = 'sequential-sft-dpo' | 'sequential-dpo-sft' | 'mix' | 'alright' | 'maxright';
