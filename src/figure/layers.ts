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

/**
 * The channels that tell schedules apart by the column `schedule`: each figure uses those that its marks have.
 * @param legend whether the legend shows points or stretches of line
 */
export function scheduleChannels(keys: readonly ScheduleKey[], legend: 'points' | 'lines' = 'points') {
  const channel = <Channel extends 'colour' | 'dash' | 'shape'>(name: Channel) => ({
    field: 'schedule',
    type: 'nominal' as const,
    title: null,
    scale: { domain: keys.map((key) => looks[key].label), range: keys.map((key) => looks[key][name]) },
    legend: { ...legendBelow, ...symbols[legend] },
  });
  return { color: channel('colour'), strokeDash: channel('dash'), shape: channel('shape') };
}

/** A legend below the figure, its entries side by side. */
export const legendBelow = {
  orient: 'bottom' as const,
  direction: 'horizontal' as const,
  columns: 5,
  symbolSize: 110,
  symbolOpacity: 1,
  offset: 14,
};

const symbols = {
  // A dashed outline would fray the symbol.
  points: { symbolStrokeWidth: 0 },
  lines: { symbolType: 'stroke', symbolSize: 700, symbolStrokeWidth: 2.5 },
};

/** The names below a line that is no schedule's: a text mark in the figure's ink. */
export const labelMark = { type: 'text', fontSize: 12, color: ink.text } as const;

/** A logarithmic scale that holds all the values with a margin (a factor) on both sides, labelled at powers of ten. */
export function logarithmic(values: readonly number[], title: string, margin = 1.35) {
  const [low, high] = [Math.min(...values) / margin, Math.max(...values) * margin];
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  return {
    scale: { type: 'log' as const, domain: [low, high], nice: false },
    axis: {
      title,
      values: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
      labelExpr: "'10^' + replace(format(log(datum.value) / LN10, '.0f'), '-', '−')",
    },
  };
}

/** A linear scale over all the values with a margin on both sides. */
export function linearDomain(values: readonly number[], margin = 0.06): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - margin * (high - low), high + margin * (high - low)];
}

/** A step-size rule as it is printed: "1/sqrt(T)" as "1/√T". */
export function ruleText(rule: string): string {
  return rule.replace(/sqrt\((\w)\)/g, '√$1').replace(/^linear:(.*)$/, '$1 falling linearly to 0');
}
