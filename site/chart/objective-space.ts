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
    return [ideal[name] - 0.07 * span, ideal[name] + 1.1 * span];
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

/** The line on which F_λ has the value that it has at a point: where that is its minimum, no point lies below it. */
export function levelLine(space: ObjectiveSpace, lambda: number, { dpo, sft }: Pair): string {
  const { area, x, y } = space;
  if (lambda === 0) return `M${px(x(sft))},${px(area.top)}V${px(area.bottom)}`;
  const at = (pixel: number): string =>
    `${px(pixel)},${px(y(dpo - ((1 - lambda) / lambda) * (x.invert(pixel) - sft)))}`;
  return `M${at(area.left)}L${at(area.right)}`;
}
