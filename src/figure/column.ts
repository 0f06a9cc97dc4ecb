import type { Figure } from './figure.js';
import { textWidth } from './font.js';

/** The most pixels that a heading may take in a column: about those of a panel with its axis. */
const most = 440;
/** Entries of a legend beside each other. */
const legendColumns = 2;

/**
 * A figure for one column of a paper: panels that stood beside each other stand below each other, four small ones two by two, and
 * headings and legends take more lines. Scaled to a column, its text stays readable.
 */
export function columned(figure: Figure): Figure {
  return { ...figure, spec: rearranged(figure.spec) as Figure['spec'] };
}

function rearranged(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => rearranged(entry));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]): [string, unknown] => {
    if (name === 'hconcat') return ['vconcat', rearranged(part)];
    if (name === 'columns') return [name, key === 'legend' ? legendColumns : Math.ceil(Number(part) / 2)];
    if (key === 'title' && (name === 'text' || name === 'subtitle')) return [name, wrapped(part, name, value)];
    return [name, name === 'values' ? part : rearranged(part, name)];
  });
  return Object.fromEntries(entries);
}

/** The text of a figure's own heading in lines that are no wider than a column; that of a panel stays. */
function wrapped(text: unknown, name: 'text' | 'subtitle', title: object): unknown {
  const isPanels = 'fontSize' in title;
  if (isPanels || (typeof text !== 'string' && !Array.isArray(text))) return text;
  const [size, weight] = name === 'text' ? ([17, 600] as const) : ([13, 400] as const);
  const words = (Array.isArray(text) ? text.join(' ') : text).split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines.length === 0 || textWidth(longer, size, weight) > most) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
