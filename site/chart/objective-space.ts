import type { Pair } from '../../src/schedule/schedule.js';
import { axes, linear, linePath, px, type PlotArea, type Scale } from './plot.js';

/** Objective space on every page: f_SFT across, f_DPO up. */
export interface ObjectiveSpace {
  readonly area: PlotArea;
  readonly x: Scale;
  readonly y: Scale;
}

/** The scales of a picture of objective space in which all of some points lie, with air around them. */
export function objectiveSpace(
  { width, height, rem }: { readonly width: number; readonly height: number; readonly rem: number },
  ideal: Pair,
  points: readonly Pair[],
): ObjectiveSpace {
  const domain = (name: keyof Pair): [number, number] => {
    const values = points.map((point) => point[name]).filter(Number.isFinite);
    // Of a front that is one point a little is shown around it.
    const span = Math.max(Math.max(...values) - ideal[name], 1e-3 * Math.max(1, Math.abs(ideal[name])));
    // Below and beside the ideal point there is room for its name and the tangent’s.
    return [ideal[name] - 0.12 * span, ideal[name] + 1.1 * span];
  };
  const area = { left: 3 * rem, right: width - 0.8 * rem, top: 1.6 * rem, bottom: height - 2.4 * rem };
  return {
    area,
    x: linear(domain('sft'), [area.left, area.right], Math.min(5, width / (5 * rem))),
    y: linear(domain('dpo'), [area.bottom, area.top], 4),
  };
}

/** Its axes. */
export function spaceAxes({ area, x, y }: ObjectiveSpace, rem: number): string {
  return axes(area, x, y, { x: 'f_SFT →', y: '↑ f_DPO' }, rem);
}

/** A line through points of objective space. */
export function spaceLine({ x, y }: ObjectiveSpace, points: readonly Pair[]): string {
  return linePath(points.length, (i) => [x(points[i].sft), y(points[i].dpo)]);
}

/** The front, and the region above it that can be reached: its points go from λ = 0 to λ = 1. */
export function reachedRegion(space: ObjectiveSpace, front: readonly Pair[]): string {
  const { area, x } = space;
  return `${spaceLine(space, front)}H${px(area.right)}V${px(area.top)}H${px(x(front[0].sft))}Z`;
}

/** A place of a picture, in pixels. */
type PicturePoint = readonly [x: number, y: number];

/** The line on which F_λ has the value that it has at a point: where that is its minimum, no point lies below it. */
export function levelLine(space: ObjectiveSpace, lambda: number, at: Pair): string {
  const ends = levelEnds(space, lambda, at);
  if (ends === undefined) return '';
  const [[left, top], [right, bottom]] = ends;
  return `M${px(left)},${px(top)}L${px(right)},${px(bottom)}`;
}

/** Where such a line enters the picture, at the left or the top, and where it leaves it; undefined where it passes by. */
function levelEnds(
  { area, x, y }: ObjectiveSpace,
  lambda: number,
  { dpo, sft }: Pair,
): readonly [PicturePoint, PicturePoint] | undefined {
  const along = [lambda * (x(1) - x(0)), (1 - lambda) * (y(0) - y(1))];
  const from = [x(sft), y(dpo)];
  const [least, most] = [
    [area.left, area.top],
    [area.right, area.bottom],
  ];
  let [first, last] = [-Infinity, Infinity];
  for (const axis of [0, 1]) {
    if (along[axis] === 0) {
      if (from[axis] < least[axis] || from[axis] > most[axis]) return undefined;
      continue;
    }
    first = Math.max(first, (least[axis] - from[axis]) / along[axis]);
    last = Math.min(last, (most[axis] - from[axis]) / along[axis]);
  }
  const at = (share: number): PicturePoint => [from[0] + share * along[0], from[1] + share * along[1]];
  // Where the picture has to hold numbers without measure, lines have no direction.
  return last > first && Number.isFinite(first) && Number.isFinite(last) ? [at(first), at(last)] : undefined;
}

/** The names of the front and of its tangent, each at a place where little else is drawn. */
export function frontNames(
  space: ObjectiveSpace,
  front: readonly Pair[],
  lambda: number,
  touches: Pair,
): { text: string; x: number; y: number }[] {
  const { area, x, y } = space;
  const ends = levelEnds(space, lambda, touches);
  const middle = (area.top + area.bottom) / 2;
  const steep = front.reduce<Pair | undefined>(
    (best, point) =>
      best === undefined || Math.abs(y(point.dpo) - middle) < Math.abs(y(best.dpo) - middle) ? point : best,
    undefined,
  );
  return [
    ...(steep === undefined ? [] : [{ text: 'Pareto front', x: x(steep.sft), y: y(steep.dpo) }]),
    ...(ends === undefined
      ? []
      : [
          {
            text: 'tangent',
            x: ends[0][0] + 0.12 * (ends[1][0] - ends[0][0]),
            y: ends[0][1] + 0.12 * (ends[1][1] - ends[0][1]),
          },
        ]),
  ];
}
