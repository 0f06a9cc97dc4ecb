import type { Look } from '../../src/figure/theme.js';
import { symbolPath } from './plot.js';
import { cssInk } from './scheme.js';
import type { LegendEntry } from './legend.js';

/** How a schedule is drawn, in a colour that follows the scheme of the page. */
export function lookSwatch({ colour, dash, shape }: Look): string {
  return swatch({ colour: cssInk(colour), dash, shape });
}

/** How a schedule, or whatever a legend names, is drawn: a stretch of its line with its mark, as SVG. */
export function swatch({ colour = 'currentColor', dash, shape }: Omit<LegendEntry, 'name'>): string {
  const line = `<path d="M1 8H31" stroke="${colour}" stroke-width="2.2" stroke-dasharray="${dash.join(' ')}"/>`;
  const mark =
    shape === undefined
      ? ''
      : `<path d="${symbolPath(shape as Look['shape'], 4.4)}" transform="translate(16 8)" fill="${colour}"/>`;
  return `<svg viewBox="0 0 32 16" width="32" height="16" aria-hidden="true">${line}${mark}</svg>`;
}
