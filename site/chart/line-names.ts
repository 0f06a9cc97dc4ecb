import { escapeHtml } from '../../src/figure/scripts.js';
import { px, type PlotArea } from './plot.js';
import { widthOf } from './text-width.js';

/** The name of a line, to be written at its right end. */
export interface LineName {
  readonly text: string;
  /** Where the line ends, in pixels from the top. */
  readonly y: number;
  /** Attributes that say what it names, as marks have them. */
  readonly shows: string;
}

/** The size of the type, and how far apart lines of it stand, in rem. */
const [size, apart] = [0.74, 0.92];

/** From the end of a line to its name, past the mark there, in rem. */
const before = 0.6;

/** The room that names need at the right of a plot, in pixels. */
export function nameRoom(names: readonly string[], rem: number): number {
  return Math.max(0, ...names.map((name) => widthOf(name, size * rem))) + (before + 0.3) * rem;
}

/**
 * Names at the right ends of lines, one below the other where lines end close together: in the place of a legend. Names for
 * which a plot is too low are left out.
 */
export function lineNames(names: readonly LineName[], { right, top, bottom }: PlotArea, rem: number): string {
  const height = apart * rem;
  const sorted = names
    .filter(({ y }) => Number.isFinite(y))
    .sort((a, b) => a.y - b.y)
    .slice(0, Math.max(1, Math.floor((bottom - top) / height)));
  const places: number[] = [];
  for (const { y } of sorted) places.push(Math.max(top, Math.min(bottom, y), (places.at(-1) ?? -Infinity) + height));
  // What was pushed out below moves up again, with those above it.
  for (let i = places.length - 1; i >= 0; i--)
    places[i] = Math.min(places[i], (i + 1 < places.length ? places[i + 1] : bottom + height) - height);
  return sorted
    .map(({ text, y, shows }, i) => {
      const left = right + before * rem;
      const leader =
        Math.abs(places[i] - y) < 0.5 * height
          ? ''
          : `<path class="leader" ${shows} d="M${px(right + 0.35 * rem)},${px(y)}L${px(left - 0.1 * rem)},${px(places[i])}"/>`;
      return `${leader}<text class="line-name" ${shows} x="${px(left)}" y="${px(places[i] + 0.34 * size * rem)}" font-size="${px(size * rem)}">${escapeHtml(text)}</text>`;
    })
    .join('');
}
