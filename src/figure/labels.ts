import { textWidth } from './font.js';

/** How one direction of a panel maps values to pixels. */
export interface PanelAxis {
  readonly type: 'linear' | 'sqrt';
  readonly domain: readonly [number, number];
  /** The panel's extent. */
  readonly pixels: number;
}

/** A labelled point in the values of its panel's axes. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Where the middle of a label stands, in the values of the axes, and whether it needs a line to its point. */
export type LabelPlace = Readonly<Record<'labelX' | 'labelY', number> & Record<'far', boolean>>;

/** A rectangle of a picture, in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Half the side of a point's mark and of a stretch of line, and the space around a label, in pixels. */
const [markHalf, lineHalf, gap] = [6, 2, 2];
const directions = Array.from({ length: 16 }, (_, i) => (2 * Math.PI * i) / 16);
const distances = [0, 6, 14, 24, 36, 50, 66, 84, 104, 130, 160];

/**
 * Places labels beside their points, in the panel and clear of every mark and of each other: in the nearest free place,
 * the first points first. A label that finds none stands where it overlaps least.
 * @param fontSize pixels
 * @param lines drawn in the panel too: their corners
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  { x, y }: { readonly x: PanelAxis; readonly y: PanelAxis },
  fontSize: number,
  lines: readonly (readonly Pick<LabelledPoint, 'x' | 'y'>[])[] = [],
): LabelPlace[] {
  const panel = { left: 0, right: x.pixels, top: 0, bottom: y.pixels };
  const inPixels = (point: Pick<LabelledPoint, 'x' | 'y'>) => ({
    x: toPixel(x, point.x),
    y: y.pixels - toPixel(y, point.y),
  });
  const centres = points.map(inPixels);
  const onLines = lines.flatMap((line) => alongLine(line.map(inPixels)));
  const taken: Box[] = [
    ...centres.map((centre) => boxAround(centre, markHalf, markHalf)),
    ...onLines.map((centre) => boxAround(centre, lineHalf, lineHalf)),
  ];
  return points.map(({ label }, index) => {
    const half = { width: textWidth(label, fontSize) / 2 + gap, height: fontSize / 2 + gap };
    const centre = centres[index];
    let best = { cost: Infinity, distance: 0, place: centre };
    for (const distance of distances) {
      for (const angle of directions) {
        const place = {
          x: centre.x + Math.cos(angle) * (markHalf + half.width + distance),
          y: centre.y - Math.sin(angle) * (markHalf + half.height + distance),
        };
        const box = boxAround(place, half.width, half.height);
        const overlap = taken.reduce((sum, other) => sum + overlapArea(box, other), 0);
        const cost = overlap + areaOf(box) - overlapArea(box, panel);
        if (cost < best.cost - 1e-9) best = { cost, distance, place };
      }
      if (best.cost < 1e-9) break;
    }
    taken.push(boxAround(best.place, half.width, half.height));
    return {
      labelX: fromPixel(x, best.place.x),
      labelY: fromPixel(y, y.pixels - best.place.y),
      far: best.distance > distances[1],
    };
  });
}

/** Points along a line, a line's width apart. */
function alongLine(corners: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  return corners.slice(1).flatMap((to, i) => {
    const from = corners[i];
    const count = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / (2 * lineHalf));
    return Array.from({ length: count }, (_, k) => {
      const part = (k + 1) / count;
      return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
    });
  });
}

function boxAround(centre: { readonly x: number; readonly y: number }, halfWidth: number, halfHeight: number): Box {
  const { x, y } = centre;
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

function areaOf({ left, right, top, bottom }: Box): number {
  return (right - left) * (bottom - top);
}

function overlapArea(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}

/** Where a value stands on an axis, in pixels from its low end. */
export function toPixel({ type, domain, pixels }: PanelAxis, value: number): number {
  const [low, high] = domain.map(warp(type));
  return (pixels * (warp(type)(value) - low)) / (high - low);
}

function fromPixel({ type, domain, pixels }: PanelAxis, pixel: number): number {
  const [low, high] = domain.map(warp(type));
  const warped = low + (pixel / pixels) * (high - low);
  return type === 'linear' ? warped : Math.sign(warped) * warped ** 2;
}

/** Vega's square root is that of the size, with the sign. */
function warp(type: PanelAxis['type']): (value: number) => number {
  return type === 'linear' ? (value) => value : (value) => Math.sign(value) * Math.sqrt(Math.abs(value));
}
