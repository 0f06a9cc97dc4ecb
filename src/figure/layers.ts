import type { Estimate } from '../simulate/statistics.js';
import { looks, type ScheduleKey } from './theme.js';

/** The transform that keeps the rows of one layer. */
export function onlyLayer(layer: string, more: Readonly<Record<string, string | number>> = {}) {
  return Object.entries({ layer, ...more }).map(([field, equal]) => ({ filter: { field, equal } }));
}

/** A mean and its 95 % interval as columns; `floor` keeps intervals that reach below it on a log scale. */
export function estimateColumns({ mean, ci95 }: Estimate, floor = -Infinity) {
  const [low, high] = ci95 ?? [mean, mean];
  return { mean, low: Math.max(floor, low), high: Math.max(floor, high) };
}

/** The colour channel: one schedule, one colour. */
export function colourBySchedule(keys: readonly ScheduleKey[], legend: object | null = scheduleLegend) {
  return { field: 'schedule', type: 'nominal' as const, title: null, scale: schedules(keys, 'colour'), legend };
}

/** The dash channel: the colour's message once more. */
export function dashBySchedule(keys: readonly ScheduleKey[], legend: object | null = scheduleLegend) {
  return { field: 'schedule', type: 'nominal' as const, title: null, scale: schedules(keys, 'dash'), legend };
}

/** The shape channel: the colour's message once more. */
export function shapeBySchedule(keys: readonly ScheduleKey[], legend: object | null = scheduleLegend) {
  return { field: 'schedule', type: 'nominal' as const, title: null, scale: schedules(keys, 'shape'), legend };
}

/** One row of entries below the figure. */
export const scheduleLegend = { orient: 'bottom' as const, direction: 'horizontal' as const, columns: 5, symbolSize: 110 };

function schedules(keys: readonly ScheduleKey[], channel: 'colour' | 'dash' | 'shape') {
  return { domain: keys.map((key) => looks[key].label), range: keys.map((key) => looks[key][channel]) };
}

/** A logarithmic axis with a label at every power of ten from 10^from to 10^to. */
export function powersOfTen(from: number, to: number) {
  return {
    values: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
    labelExpr: "'10^' + replace(format(log(datum.value) / LN10, '.0f'), '-', '−')",
  };
}
