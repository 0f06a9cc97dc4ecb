import type { ScheduleSettings } from '../schedule/schedule.js';

/** The steps after which a run goes over to another stage, where its settings split it: they are evaluated too. */
export function stagesAt({ split }: ScheduleSettings): number[] {
  return Array.isArray(split) && typeof split[0] === 'number' ? [split[0]] : [];
}
