import type { Look } from '../../src/figure/theme.js';
import { formulaText } from './formula-text.js';
import { cssInk } from './scheme.js';

/** A map from data to pixels, with the ticks of its axis. */
export interface Scale {
  (value: number): number;
  readonly invert: (pixel: number) => number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

/** The part of an SVG that data are drawn in, in pixels. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An SVG as large as its element, redrawn when that changes. */
export interface Canvas {
  readonly svg: SVGSVGElement;
  readonly width: () => number;
  readonly height: () => number;
  /** Pixels of one rem, by which lines and margins grow on large screens. */
  readonly rem: () => number;
}

/** Makes the SVG of a plot inside its element and watches its size. */
export function canvas(host: HTMLElement, redraw: () => void): Canvas {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  host.append(svg);
  let [width, height, rem] = [0, 0, 16];
  new ResizeObserver(([{ contentRect }]) => {
    ({ width, height } = contentRect);
    rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    redraw();
  }).observe(host);
  return { svg, width: () => width, height: () => height, rem: () => rem };
}

let named = 0;

/** A name for an element that nothing else on the page has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${++named}`;
}

/** A clip path of a plot's area. */
export function clipped(id: string, { left, right, top, bottom }: PlotArea): string {
  return `<clipPath id="${id}"><rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}"/></clipPath>`;
}

/** A linear scale with about `count` ticks. */
export function linear(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count = 5,
): Scale {
  const span = high - low || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const number = Math.max(0, Math.floor(high / step + 1e-9) - first + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: number }, (_, i) => {
    const value = (first + i) * step;
    return { value, label: tickLabel(value, digits) };
  });
  return Object.assign((value: number) => from + ((value - low) / span) * (to - from), {
    invert: (pixel: number) => low + ((pixel - from) / (to - from)) * span,
    ticks,
  });
}

/** A logarithmic scale with ticks at powers of ten, thinned out where there are many. */
export function logarithmic([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const span = b - a || 1;
  const [first, last] = [Math.ceil(a - 1e-9), Math.floor(b + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / 7));
  const ticks = Array.from({ length: Math.max(0, Math.floor((last - first) / every) + 1) }, (_, i) => {
    const power = first + i * every;
    return { value: 10 ** power, label: powerLabel(power) };
  });
  return Object.assign((value: number) => from + ((Math.log10(value) - a) / span) * (to - from), {
    invert: (pixel: number) => 10 ** (a + ((pixel - from) / (to - from)) * span),
    ticks,
  });
}

function tickLabel(value: number, digits: number): string {
  const text =
    Math.abs(value) >= 1e5 || (digits > 5 && value !== 0)
      ? value.toExponential(digits > 5 ? 1 : 0).replace('e+', 'e')
      : value.toFixed(Math.min(digits, 8));
  return text.replace('-', '−');
}

function powerLabel(power: number): string {
  if (power >= -2 && power <= 4) return String(10 ** power);
  const digits = String(Math.abs(power))
    .split('')
    .map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])
    .join('');
  return `10${power < 0 ? '⁻' : ''}${digits}`;
}

/** Both axes with their titles: grid lines, labels, and the frame. */
export function axes(area: PlotArea, x: Scale, y: Scale, titles: { x: string; y: string }, rem: number): string {
  const { left, right, top, bottom } = area;
  const small = 0.78 * rem;
  const grid = [
    ...x.ticks.map(({ value }) => `M${px(x(value))},${px(top)}V${px(bottom)}`),
    ...y.ticks.map(({ value }) => `M${px(left)},${px(y(value))}H${px(right)}`),
  ];
  const labels = [
    ...x.ticks.map(
      ({ value, label }) =>
        `<text x="${px(x(value))}" y="${px(bottom + 1.25 * small)}" text-anchor="middle">${label}</text>`,
    ),
    ...y.ticks.map(
      ({ value, label }) =>
        `<text x="${px(left - 0.45 * small)}" y="${px(y(value) + 0.34 * small)}" text-anchor="end">${label}</text>`,
    ),
  ];
  return `<path class="grid" d="${grid.join('')}"/>
    <g class="tick-labels">${labels.join('')}</g>
    <text class="axis-title" x="${px(right)}" y="${px(bottom + 2.5 * small)}" text-anchor="end">${formulaText(titles.x)}</text>
    <text class="axis-title" x="${px(left)}" y="${px(top - 0.6 * small)}" text-anchor="start">${formulaText(titles.y)}</text>`;
}

/** The `d` of a line through points; broken where one is not finite. */
export function linePath(count: number, at: (i: number) => readonly [number, number]): string {
  let [path, pen] = ['', false];
  for (let i = 0; i < count; i++) {
    const [x, y] = at(i);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${px(x)},${px(y)}`;
    pen = true;
  }
  return path;
}

/** The `d` of a look's symbol around the origin, of about the given radius. */
export function symbolPath(shape: Look['shape'], radius: number): string {
  const r = radius;
  switch (shape) {
    case 'circle':
      return `M${px(-r)},0a${px(r)},${px(r)} 0 1,0 ${px(2 * r)},0a${px(r)},${px(r)} 0 1,0 ${px(-2 * r)},0Z`;
    case 'square':
      return `M${px(-0.88 * r)},${px(-0.88 * r)}h${px(1.76 * r)}v${px(1.76 * r)}h${px(-1.76 * r)}Z`;
    case 'diamond':
      return `M0,${px(-1.25 * r)}L${px(1.25 * r)},0L0,${px(1.25 * r)}L${px(-1.25 * r)},0Z`;
    case 'triangle-up':
      return `M0,${px(-1.2 * r)}L${px(1.15 * r)},${px(0.8 * r)}H${px(-1.15 * r)}Z`;
    case 'triangle-down':
      return `M0,${px(1.2 * r)}L${px(1.15 * r)},${px(-0.8 * r)}H${px(-1.15 * r)}Z`;
    case 'cross':
      return `M${px(-r)},0H${px(r)}M0,${px(-r)}V${px(r)}`;
  }
}

/**
 * A look's symbol at a point, with a rim of the panel's colour.
 * @param shows attributes that say what it shows
 */
export function symbol({ shape, colour }: Look, x: number, y: number, radius: number, shows = ''): string {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return '';
  return `<path class="symbol" ${shows} d="${symbolPath(shape, radius)}" transform="translate(${px(x)},${px(y)})" fill="${cssInk(colour)}"/>`;
}

/** The stroke attributes of a look. */
export function stroke({ colour, dash }: Look, width: number): string {
  const dashes =
    dash.length === 0 ? '' : ` stroke-dasharray="${dash.map((length) => px((length * width) / 2)).join(' ')}"`;
  return `stroke="${cssInk(colour)}" stroke-width="${px(width)}"${dashes}`;
}

/** Pixels. */
const farOutside = 1e6;

/** A number of pixels, to a hundredth; what lies far outside the picture stays outside, where drawings can hold it. */
export function px(value: number): string {
  return String(Math.round(Math.max(-farOutside, Math.min(farOutside, value)) * 100) / 100);
}
