import type { Estimate } from '../base/statistics.js';
import { ink, lookOf, type Look } from './theme.js';

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
export function scheduleChannels(keys: readonly string[], legend: 'points' | 'lines' = 'points') {
  return namedChannels(
    'schedule',
    keys.map((key) => ({ name: lookOf(key).label, ...lookOf(key) })),
    legend,
  );
}

/**
 * Means with their intervals, as `estimateColumns` has them: rules from low to high, a line through the means, points.
 * @param channels those of `scheduleChannels` or `namedChannels`
 * @param options `clip`: cuts off what lies beyond the axes
 */
export function estimateLayers(
  { color, strokeDash, shape }: ReturnType<typeof namedChannels>,
  { clip }: { readonly clip?: true } = {},
) {
  const cut = clip && { clip };
  return [
    {
      mark: { type: 'rule' as const, strokeWidth: 1.5, ...cut },
      encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
    },
    { mark: { type: 'line' as const, strokeWidth: 1.4, ...cut }, encoding: { color, strokeDash } },
    { mark: { type: 'point' as const, filled: true, size: 65, opacity: 1, ...cut }, encoding: { color, shape } },
  ];
}

/** The channels that tell the values of any column apart by colour, dash and shape. */
export function namedChannels(
  field: string,
  names: readonly (Omit<Look, 'label'> & { readonly name: string })[],
  legend: 'points' | 'lines' = 'points',
) {
  const channel = <Range>(range: readonly Range[]) => ({
    field,
    type: 'nominal' as const,
    title: null,
    scale: { domain: names.map(({ name }) => name), range: [...range] },
    legend: { ...legendBelow, ...(legend === 'lines' ? lineSymbols : {}) },
  });
  const dash = channel(names.map(({ dash }) => [...dash]));
  return {
    color: channel(names.map(({ colour }) => colour)),
    // Vega-Lite merges the legends of one field, and the dash would fray the outlines of the points. Under another
    // spelling the field's dash has a legend of its own, which is left out.
    strokeDash: legend === 'lines' ? dash : { ...dash, field: `['${field}']`, legend: null },
    shape: channel(names.map(({ shape }) => shape)),
  };
}

/** A legend below the figure, its entries side by side. */
const legendBelow = {
  orient: 'bottom' as const,
  direction: 'horizontal' as const,
  columns: 5,
  symbolSize: 110,
  symbolOpacity: 1,
  offset: 14,
};

const lineSymbols = { symbolType: 'stroke', symbolSize: 700, symbolStrokeWidth: 2.5 };

/** The title of one panel among others, with a line of small print below it. */
export function panelTitle(text: string, note?: string) {
  return {
    ...{ text, fontSize: 14, fontWeight: 400 as const, anchor: 'middle' as const, offset: 8 },
    ...(note === undefined ? {} : { subtitle: note, subtitleFontSize: 11, subtitlePadding: 3 }),
  };
}

/** The title of a small panel about a statement, above it to the left. */
export function statementTitle(text: string, subtitle: string | string[]) {
  return {
    text,
    subtitle,
    fontSize: 12,
    subtitleFontSize: 11,
    subtitlePadding: 2,
    offset: 6,
    anchor: 'start' as const,
    frame: 'group' as const,
  };
}

/** The names below a line that is no schedule's: a text mark in the figure's ink. */
export const labelMark = { type: 'text', fontSize: 12, color: ink.text } as const;

/** A logarithmic scale that holds all the values with a margin (a factor) on both sides, labelled at powers of ten or, within a decade, at 1, 2 and 5. */
export function logarithmic(values: readonly number[], title: string, margin = 1.35) {
  const [least, most] = extent(values);
  const [low, high] = [least / margin, most * margin];
  const powers = Array.from({ length: 32 }, (_, i) => 10 ** (i - 16));
  const within = (candidates: readonly number[]): number[] =>
    candidates.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const decades = within(powers);
  const axis =
    decades.length > 1
      ? { values: decades, labelExpr: "'10^' + replace(format(log(datum.value) / LN10, '.0f'), '-', '−')" }
      : { values: within(powers.flatMap((power) => [power, 2 * power, 5 * power])), format: '~g' };
  return { scale: { type: 'log' as const, domain: [low, high], nice: false }, axis: { title, ...axis } };
}

/** The kind of an axis of losses. */
export type LossScale = 'linear' | 'sqrt';

/**
 * An axis of losses or gaps from a panel's extent in pixels: linear, or square-root where a few values would press all
 * others together.
 * @param scale the kind, where it is not left to the values; a square root needs values ≥ 0
 */
export function lossAxis(values: readonly number[], pixels: number, title: string, scale?: LossScale) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const pressed = low >= 0 && (scale ?? lossScale(values)) === 'sqrt';
  const type = pressed ? ('sqrt' as const) : ('linear' as const);
  const [lowRoot, highRoot] = [Math.sqrt(Math.max(0, low)), Math.sqrt(Math.max(0, high))];
  const margin = 0.06 * (highRoot - lowRoot);
  const square = (root: number): number => Math.sign(root) * root ** 2;
  const domain: [number, number] = pressed
    ? [square(lowRoot - margin), square(highRoot + margin)]
    : linearDomain(values);
  return {
    axis: { type, domain, pixels },
    encoding: {
      type: 'quantitative' as const,
      scale: { type, domain, nice: false },
      axis: {
        title: pressed ? `${title} (√ scale)` : title,
        grid: false,
        ...(pressed ? { values: rootTicks(domain, pixels), format: '~r' } : { tickCount: 6 }),
      },
    },
  };
}

/** Square-root where a few values would press all others together on a linear axis. */
export function lossScale(values: readonly number[]): LossScale {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
  return low >= 0 && high - low > 8 * (median - low) ? 'sqrt' : 'linear';
}

/** Of 0 and the values 1, 2 and 5 in every decade those that stand apart on a square-root scale. */
function rootTicks([low, high]: readonly [number, number], pixels: number): number[] {
  const decades = Array.from({ length: 12 }, (_, i) => 10 ** (Math.floor(Math.log10(high)) - i));
  const steps = decades.flatMap((decade) => [5, 2, 1].map((step) => Number((step * decade).toPrecision(1))));
  const [lowRoot, highRoot] = [Math.sign(low) * Math.sqrt(Math.abs(low)), Math.sqrt(high)];
  const place = (value: number): number => (pixels * (Math.sqrt(value) - lowRoot)) / (highRoot - lowRoot);
  const zero = low <= 0 ? [0] : [];
  const ticks: number[] = [];
  for (const value of steps.filter((step) => step >= low && step <= high)) {
    const near = [...zero, ...ticks].some((other) => Math.abs(place(other) - place(value)) < 36);
    if (!near) ticks.push(value);
  }
  return [...zero, ...ticks.reverse()];
}

/** The smallest and the largest value; given to Math.min all at once, those of a long run overflow the stack. */
function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** A linear scale over all the values with a margin on both sides. */
export function linearDomain(values: readonly number[], margin = 0.06): [number, number] {
  const [low, high] = extent(values);
  return [low - margin * (high - low), high + margin * (high - low)];
}

/** A step-size rule as it is printed: "1/sqrt(T)" as "1/√T". */
export function ruleText(rule: string): string {
  return rule.replace(/sqrt\((\w)\)/g, '√$1').replace(/^linear:(.*)$/, '$1 falling linearly to 0');
}

/**
 * The marks of measured curves with their limits: the rows of layer "limit" as dotted lines, those of layer "point" as
 * lines, 95 % intervals (columns low and high) and points of the given size.
 */
export function measuredWithLimits(
  { color, strokeDash, shape }: Pick<ReturnType<typeof scheduleChannels>, 'color' | 'strokeDash' | 'shape'>,
  size: number,
) {
  return [
    {
      transform: onlyLayer('limit'),
      mark: { type: 'line' as const, strokeWidth: 1.4, strokeDash: [1.5, 3], clip: true },
      encoding: { color },
    },
    {
      transform: onlyLayer('point'),
      mark: { type: 'line' as const, strokeWidth: 1.4, clip: true },
      encoding: { color, strokeDash },
    },
    {
      transform: onlyLayer('point'),
      mark: { type: 'rule' as const, strokeWidth: 1.5, clip: true },
      encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      transform: onlyLayer('point'),
      mark: { type: 'point' as const, filled: true, size, opacity: 1, clip: true },
      encoding: { color, shape },
    },
  ];
}
