import { interpolateNumber, piecewise, quantize } from 'd3-interpolate';
import type { Config } from 'vega-lite';
import { paper, variants, type ScheduleKey } from '../schedule/key.js';
import { isListed, labelOf } from '../schedule/recognise.js';

/** How one schedule, or one mark of the optimum, looks in every figure. */
export interface Look {
  readonly label: string;
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels; solid where empty. */
  readonly dash: readonly number[];
  readonly shape: 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down' | 'cross';
}

/**
 * The looks of the schedules that the paper compares. The colours are those of Okabe and Ito (Color Universal Design,
 * 2008), which stay apart under the common colour vision deficiencies; dash and shape repeat what the colour says.
 */
const designed: Readonly<Partial<Record<string, Omit<Look, 'label'>>>> = {
  [paper.sftThenDpo]: { colour: '#D55E00', dash: [8, 3], shape: 'triangle-up' },
  [paper.dpoThenSft]: { colour: '#E69F00', dash: [3, 3], shape: 'triangle-down' },
  [paper.mix]: { colour: '#009E73', dash: [10, 3, 2, 3], shape: 'square' },
  [paper.alright]: { colour: '#0072B2', dash: [], shape: 'circle' },
  [paper.maxright]: { colour: '#CC79A7', dash: [5, 2], shape: 'diamond' },
};

/** What the looks of all other schedules are put together from. */
const spare = {
  colours: [
    '#56B4E9',
    '#882255',
    '#117733',
    '#999933',
    '#332288',
    '#AA4499',
    '#661100',
    '#44AA99',
    '#777777',
    '#A6761D',
  ],
  dashes: [
    [6, 2, 2, 2],
    [2, 2],
    [12, 3],
    [4, 4, 1, 4],
    [1, 3],
    [9, 3, 1, 3, 1, 3],
  ],
  shapes: ['cross', 'triangle-up', 'diamond', 'square', 'triangle-down', 'circle'],
} as const;

/** How many of them there are: the least common multiple of 10 colours, 6 dashes and 6 shapes. */
const spareLooks = 30;

function spareLook(i: number): Omit<Look, 'label'> {
  const { colours, dashes, shapes } = spare;
  return { colour: colours[i % colours.length], dash: dashes[i % dashes.length], shape: shapes[i % shapes.length] };
}

/**
 * Inks of things in an order that are no schedules, from light to dark: one ramp from sand to slate, which no colour of a
 * schedule lies on, and whose steps of lightness stay apart in grey and under every colour vision.
 */
export const ramp = ['#A8997A', '#88795F', '#675C50', '#464446', '#232B36'] as const;

/** Looks of up to five things in an order that are no schedules, from light to dark. */
export function orderedLooks(count: number): Omit<Look, 'label'>[] {
  const dashes = [[2, 2], [8, 3], [10, 3, 2, 3], [5, 2], []] as const;
  const shapes = ['circle', 'diamond', 'triangle-down', 'triangle-up', 'square'] as const;
  const last = ramp.length - 1;
  return Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? last : Math.round((i * last) / (count - 1));
    return { colour: ramp[at], dash: dashes[at], shape: shapes[at] };
  });
}

/** Looks of so many things that are no schedules, apart by colour, dash and shape, where no schedule is drawn. */
export function otherLooks(count: number): Omit<Look, 'label'>[] {
  return Array.from({ length: count }, (_, i) => spareLook(i));
}

/** One look per schedule, everywhere, under the label that the schedule gives itself. */
export const looks = Object.fromEntries(
  Object.values(variants)
    .sort((a, b) => Number(b.key in designed) - Number(a.key in designed))
    .map(({ key, label }, i) => [key, { label, ...(designed[key] ?? spareLook(i - Object.keys(designed).length)) }]),
) as unknown as Readonly<Record<ScheduleKey, Look>>;

/**
 * The look of any schedule: of one that is none of the package's, one that its name decides and none of the package's has.
 * @param label what one that is none of the package's is called; what this process knows of it unless given
 */
export function lookOf(key: string, label = labelOf(key)): Look {
  if (isListed(key)) return looks[key];
  const sum = Array.from(key).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const taken = Object.keys(looks).length - Object.keys(designed).length;
  return { label, ...spareLook(taken + (sum % (spareLooks - taken))) };
}

/** Ink of text and of the certified optima, and the greys of everything that is neither. */
export const ink = { text: '#222222', strong: '#000000', line: '#666666', faint: '#BBBBBB', grid: '#E8E8E8' };

/** The font of every figure; the first family is the one the package ships. */
const fontFamily = 'Inter, Helvetica Neue, Arial, sans-serif';

/** Vega’s layout of several legends at the bottom, which Vega-Lite passes on though its types do not know it. */
const legendsBelowEachOther: object = { layout: { bottom: { direction: 'vertical', anchor: 'start' } } };

/** What every figure has in common. */
export const config: Config = {
  background: '#FFFFFF',
  font: fontFamily,
  padding: 14,
  aria: false,
  view: { stroke: ink.faint },
  axis: {
    labelFontSize: 13,
    titleFontSize: 14,
    titleFontWeight: 400,
    titlePadding: 8,
    labelColor: ink.text,
    titleColor: ink.text,
    gridColor: ink.grid,
    domainColor: ink.faint,
    tickColor: ink.faint,
    labelLimit: 0,
    titleLimit: 0,
  },
  legend: {
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 400,
    labelColor: ink.text,
    titleColor: ink.text,
    labelLimit: 0,
    titleLimit: 0,
    symbolSize: 90,
    symbolStrokeWidth: 2,
    rowPadding: 5,
    columnPadding: 18,
    ...legendsBelowEachOther,
  },
  title: {
    fontSize: 17,
    fontWeight: 600,
    subtitleFontSize: 13,
    subtitlePadding: 5,
    color: ink.text,
    subtitleColor: '#555555',
    anchor: 'start',
    offset: 14,
    limit: 0,
  },
  header: {
    labelFontSize: 14,
    labelFontWeight: 600,
    labelColor: ink.text,
    labelLimit: 0,
    titleFontSize: 14,
    titleFontWeight: 400,
  },
  line: { strokeWidth: 2 },
  concat: { spacing: 28 },
  facet: { spacing: 28 },
};

/** Looks in shades of MAXRIGHT's colour, from light to dark, for figures that compare MAXRIGHT with itself. */
export function maxrightLooks(count: number): Omit<Look, 'label'>[] {
  const { colour } = looks.maxright;
  const shades = count === 1 ? [colour] : shaded(['#E6B3CF', colour, '#7A3B62', '#3A1029'], count);
  const shapes: readonly Look['shape'][] = ['circle', 'square', 'diamond', 'triangle-up', 'triangle-down'];
  return shades.map((shade, i) => ({ colour: shade, dash: [], shape: shapes[i % shapes.length] }));
}

/** A colour in so many shades, from light to dark; itself where there is one. */
export function shadesOf(colour: string, count: number): string[] {
  const towards = (end: string, part: number): string => shaded([colour, end], 101)[Math.round(100 * part)];
  return count === 1 ? [colour] : shaded([towards('#FFFFFF', 0.35), colour, towards('#000000', 0.55)], count);
}

/** `count` colours, two at least, evenly along a line of colours. */
function shaded(stops: readonly string[], count: number): string[] {
  const channels = [1, 3, 5].map((at) => stops.map((stop) => parseInt(stop.slice(at, at + 2), 16)));
  const line = (values: number[]): ((at: number) => number) => piecewise(interpolateNumber, values);
  const along = channels.map((values) => quantize(line(values), count));
  const hexadecimal = (value: number): string => Math.round(value).toString(16).padStart(2, '0').toUpperCase();
  return Array.from({ length: count }, (_, i) => `#${along.map((values) => hexadecimal(values[i])).join('')}`);
}
