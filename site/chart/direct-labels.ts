import type { Box } from '../../src/figure/labels.js';
import { escapeHtml } from '../../src/figure/scripts.js';
import { formulaText } from './formula-text.js';
import { px, type PlotArea } from './plot.js';
import { widthOf } from './text-width.js';

/** A name to be written beside a mark. */
export interface DirectLabel {
  readonly text: string;
  /** The mark's place, in pixels. */
  readonly x: number;
  readonly y: number;
  /** A class of the text, which decides its colour. */
  readonly name?: string;
  /** Attributes that say what it names, as marks have them. */
  readonly shows?: string;
}

/**
 * Names beside their marks, each in a free place around its mark inside the area: no name covers another or a mark, and of
 * those places it has the first on which the least of a line lies and that is beside no other mark. A name for which there is no place in one line, a list
 * of several mostly, stands in two or three; names that find no place are left out.
 * @param size of the type, in pixels
 * @param off what else names keep off: boxes always, and lines, given by the `d` of their straight pieces, as far as there is room
 */
export function directLabels(
  labels: readonly DirectLabel[],
  area: PlotArea,
  size: number,
  off: { readonly boxes?: readonly Box[]; readonly lines?: readonly string[] } = {},
): string {
  const { boxes: covered = [], lines = [] } = off;
  const square = (x: number, y: number, half: number): Box => ({
    left: x - half,
    right: x + half,
    top: y - half,
    bottom: y + half,
  });
  const taken = [...covered, ...labels.map(({ x, y }) => square(x, y, 0.4 * size))];
  const drawn = lines.flatMap((line) => pointsAlong(line, size)).map(([x, y]) => square(x, y, 1));
  return labels.map(written).join('');

  function written(label: DirectLabel): string {
    for (let count = 1; count <= mostLines; count++) {
      const lines = brokenInto(label.text, count);
      const found = lines.length < count ? '' : inLines(label, lines);
      if (found !== '') return found;
    }
    return '';
  }

  /** What it counts that a name stands beside marks that are not its own, whose name it could be. */
  function besideOthers({ left, right, top, bottom }: Box, own: { readonly x: number; readonly y: number }): number {
    const around = { left: left - size, right: right + size, top: top - size, bottom: bottom + size };
    const others = labels.filter(({ x, y }) => x !== own.x || y !== own.y);
    return 12 * others.filter(({ x, y }) => overlap(around, square(x, y, 0))).length;
  }

  function inLines({ x, y, name = '', shows = '' }: DirectLabel, texts: readonly string[]): string {
    const width = Math.max(...texts.map((line) => widthOf(line.replaceAll('_', ''), size, name === 'strong')));
    // From the middle of the name to that of its first line.
    const higher = 0.5 * (texts.length - 1) * lineHeight * size;
    const half = 0.55 * size + higher;
    const boxes = places.map(([across, up]) => {
      const left = across > 0 ? x + across * size : across < 0 ? x + across * size - width : x - width / 2;
      // Of several lines the one next to the mark stands where a single one would.
      const middle = y + up * size + Math.sign(up) * higher;
      const box = { left, right: left + width, top: middle - half, bottom: middle + half };
      return { across, up, box, middle };
    });
    const free = boxes.filter(
      ({ box }) =>
        box.left >= area.left &&
        box.right <= area.right &&
        box.top >= area.top &&
        box.bottom <= area.bottom &&
        !taken.some((other) => overlap(box, other)),
    );
    const covers = free.map(
      ({ box }) => drawn.filter((other) => overlap(box, other)).length + besideOthers(box, { x, y }),
    );
    const place = free.at(covers.indexOf(Math.min(...covers)));
    if (place === undefined) return '';
    const { across, up, box, middle } = place;
    // Names beside each other do not run together.
    taken.push({ ...box, left: box.left - 0.4 * size, right: box.right + 0.4 * size });
    const [anchor, at] =
      across > 0 ? ['start', box.left] : across < 0 ? ['end', box.right] : ['middle', (box.left + box.right) / 2];
    const nearest = isFar(across) ? [at - Math.sign(across) * 0.2 * size, middle] : [at, up > 0 ? box.top : box.bottom];
    const line =
      Math.abs(up) < 1.5 && !isFar(across)
        ? ''
        : `<path class="leader" ${shows} d="M${px(x)},${px(y)}L${px(nearest[0])},${px(nearest[1])}"/>`;
    const lines = texts.map((text, i) => {
      const baseline = middle - higher + i * lineHeight * size + 0.34 * size;
      return `<tspan x="${px(at)}" y="${px(baseline)}">${formulaText(escapeHtml(text))}</tspan>`;
    });
    return `${line}<text class="direct ${name}" ${shows} text-anchor="${anchor}" font-size="${px(size)}">${lines.join('')}</text>`;
  }
}

/** A list of names in so many lines, as even as its commas allow; in fewer where it has fewer. */
function brokenInto(text: string, count: number): string[] {
  const names = text.split(/(?<=,) /);
  const lines: string[] = [];
  for (const name of names) {
    const [filled, left] = [lines.at(-1), count - lines.length];
    const isFull = filled !== undefined && filled.length + name.length > (1.1 * text.length) / count;
    if (filled === undefined || (isFull && left > 0)) lines.push(name);
    else lines[lines.length - 1] = `${filled} ${name}`;
  }
  return lines;
}

/**
 * Labels of marks in about the same place as one label, which names all of them.
 * @param reach how far apart marks in the same place are at most, in pixels
 */
export function joined(labels: readonly DirectLabel[], reach: number): DirectLabel[] {
  const found: DirectLabel[] = [];
  for (const label of labels) {
    const at = found.findIndex(({ x, y }) => Math.hypot(x - label.x, y - label.y) < reach);
    if (at < 0) found.push(label);
    // What names several lights up with none of them.
    else found[at] = { ...found[at], text: `${found[at].text}, ${label.text}`, shows: '' };
  }
  return found;
}

/** Points along the straight pieces of a path of M and L, no farther apart than half the size of the type. */
function pointsAlong(line: string, size: number): (readonly [number, number])[] {
  const corners = [...line.matchAll(/([ML])(-?[\d.]+),(-?[\d.]+)/g)].map(
    ([, command, x, y]) => [command, Number(x), Number(y)] as const,
  );
  return corners.flatMap(([command, x, y], i) => {
    if (command === 'M' || i === 0) return [];
    const [, fromX, fromY] = corners[i - 1];
    const pieces = Math.min(200, Math.ceil((2 * Math.hypot(x - fromX, y - fromY)) / size));
    return Array.from({ length: pieces + 1 }, (_, k) => {
      const share = pieces === 0 ? 0 : k / pieces;
      return [fromX + share * (x - fromX), fromY + share * (y - fromY)] as const;
    });
  });
}

/** The most lines that a name stands in, and how far apart they are in units of its size. */
const [mostLines, lineHeight] = [3, 1.15];

/** Where a name may go, in units of its size: beside the mark, above and below it, and further off. */
const places: readonly (readonly [number, number])[] = [
  [0.8, -0.7],
  [0.8, 0.7],
  [0.9, 0],
  [-0.8, 0.7],
  [-0.8, -0.7],
  [0, -1.3],
  [0, 1.3],
  [1, -1.9],
  [1, 1.9],
  [-1, 1.9],
  [-1, -1.9],
  [4, -0.8],
  [4, -2.2],
  [-4, -0.8],
  [-4, -2.2],
  [1.2, 3],
  [1.2, -3],
  [-1.2, 3],
  [-1.2, -3],
  [1.5, 4.2],
  [1.5, -4.2],
  [-1.5, 4.2],
  [-1.5, -4.2],
  [2, 5.4],
  [2, -5.4],
  [-2, 5.4],
  [-2, -5.4],
];

/** Whether a name stands so far beside its mark that a line has to lead there. */
function isFar(across: number): boolean {
  return Math.abs(across) > 3;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
