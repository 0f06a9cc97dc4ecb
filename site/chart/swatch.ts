import type { Entry } from './legend.js';

const shapes: Readonly<Record<string, string>> = {
  circle: 'M0-4.5A4.5 4.5 0 1 1 0 4.5A4.5 4.5 0 1 1 0-4.5Z',
  square: 'M-4-4H4V4H-4Z',
  diamond: 'M0-5.4L4.4 0L0 5.4L-4.4 0Z',
  'triangle-up': 'M0-4.8L5 4.2H-5Z',
  'triangle-down': 'M0 4.8L5-4.2H-5Z',
  cross: 'M-1.6-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z',
};

/** How a schedule, or whatever a legend names, is drawn: a stretch of its line with its mark, as SVG. */
export function swatch({ colour = 'currentColor', dash, shape }: Omit<Entry, 'name'>): string {
  const path = shape === undefined ? undefined : shapes[shape];
  const line = `<path d="M1 8H31" stroke="${colour}" stroke-width="2.2" stroke-dasharray="${dash.join(' ')}"/>`;
  const mark = path === undefined ? '' : `<path d="${path}" transform="translate(16 8)" fill="${colour}"/>`;
  return `<svg viewBox="0 0 32 16" width="32" height="16" aria-hidden="true">${line}${mark}</svg>`;
}
