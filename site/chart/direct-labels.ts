import { formulaText } from './formula-text.js';
import { px, type PlotArea } from './plot.js';

/** A name to be written beside a mark. */
export interface DirectLabel {
  readonly text: string;
  /** The mark's place, in pixels. */
  readonly x: number;
  readonly y: number;
  /** A class of the text, which decides its colour. */
  readonly name?: string;
  readonly colour?: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Names beside their marks, each in the first free place around its mark inside the area: no name covers another or, where
 * there is room, a mark. Those that find no place are left out.
 * @param size of the type, in pixels
 */
export function directLabels(labels: readonly DirectLabel[], area: PlotArea, size: number): string {
  const taken: Box[] = labels.map(({ x, y }) => ({
    left: x - 0.4 * size,
    right: x + 0.4 * size,
    top: y - 0.4 * size,
    bottom: y + 0.4 * size,
  }));
  return labels
    .map(({ text, x, y, name = '', colour }) => {
      // Digits and letters of the page's font are a little more than half as wide as high.
      const width = 0.56 * size * text.length;
      for (const [across, up] of places) {
        const left = across > 0 ? x + across * size : across < 0 ? x + across * size - width : x - width / 2;
        const middle = y + up * size;
        const box = { left, right: left + width, top: middle - 0.55 * size, bottom: middle + 0.55 * size };
        const inside =
          box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
        if (!inside || taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        const ink = colour === undefined ? '' : ` style="--mark:${colour}"`;
        const line =
          Math.abs(up) < 1.5
            ? ''
            : `<path class="leader" d="M${px(x)},${px(y)}L${px(across < 0 ? box.right : box.left)},${px(middle)}"/>`;
        return `${line}<text class="direct ${name}"${ink} x="${px(left)}" y="${px(middle + 0.34 * size)}" font-size="${px(size)}">${formulaText(text)}</text>`;
      }
      return '';
    })
    .join('');
}

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
  [1.2, 3],
  [1.2, -3],
  [-1.2, 3],
  [-1.2, -3],
  [1.5, 4.2],
  [1.5, -4.2],
  [2, 5.4],
  [2, -5.4],
];

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
