import type { Estimate } from '../simulate/statistics.js';
import { ink, looks, type ScheduleKey } from './theme.js';

/** The transform that keeps the rows of one layer. */
export function onlyLayer(layer: string, more: Readonly<Record<string, string | number>> = {}) {
  return Object.entries({ layer, ...more }).map(([field, equal]) => ({ filter: { field, equal } }));
}

/** A mean and its 95 % interval as columns; `floor` keeps intervals that reach below it on a log scale. */
export function estimateColumns({ mean, ci95 }: Estimate, floor = -Infinity) {
  const [low, high] = ci95 ?? [mean, mean];
  return { mean, low: Math.max(floor, low), high: Math.max(floor, high) };
}

/** The channels that tell schedules apart by the column `schedule`: each figure uses those that its marks have. */
export function scheduleChannels(keys: readonly ScheduleKey[]) {
  const channel = <Channel extends 'colour' | 'dash' | 'shape'>(name: Channel) => ({
    field: 'schedule',
    type: 'nominal' as const,
    title: null,
    scale: { domain: keys.map((key) => looks[key].label), range: keys.map((key) => looks[key][name]) },
    legend: scheduleLegend,
  });
  return { color: channel('colour'), strokeDash: channel('dash'), shape: channel('shape') };
}

/** The schedules side by side below the figure. */
const scheduleLegend = {
  orient: 'bottom' as const,
  direction: 'horizontal' as const,
  columns: 5,
  symbolSize: 110,
  symbolOpacity: 1,
  offset: 14,
};

/** The names below a line that is no schedule's: a text mark in the figure's ink. */
export const labelMark = { type: 'text', fontSize: 12, color: ink.text } as const;

/** A logarithmic axis with a label at every power of ten from 10^from to 10^to. */
export function powersOfTen(from: number, to: number) {
  return {
    values: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
    labelExpr: "'10^' + replace(format(log(datum.value) / LN10, '.0f'), '-', '−')",
  };
}

/** A logarithmic scale over whole powers of ten that holds all the values, with its axis. */
export function logarithmic(values: readonly number[], title: string) {
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  return {
    scale: { type: 'log' as const, domain: [10 ** low, 10 ** high], nice: false },
    axis: { title, ...powersOfTen(low, high) },
  };
}

/** A linear scale over all the values with a margin on both sides. */
export function linearDomain(values: readonly number[], margin = 0.06): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - margin * (high - low), high + margin * (high - low)];
}
