import type { Specification, View } from './specification.js';

/** The room that a view's axis, its labels and the distance to the next view take, in pixels. */
const beside = 88;

/** The least width at which a view can be read, as a share of the width it was designed with. */
const least = 0.7;

/** The factors between which a view's height changes. */
export const leastStretch = 0.8;
const mostStretch = 1.2;

/**
 * A figure laid out anew for a width: views side by side are as many a row as fit, and stretched to fill it. A figure
 * is wider than a phone; Vega-Lite makes only single views responsive.
 * @param available pixels
 */
export function fitted(spec: Specification, available: number): Specification {
  const { hconcat, concat, columns, ...rest } = spec;
  const views = hconcat ?? concat;
  if (views === undefined) return { ...rest, ...resized(spec, available - beside) };
  const most = concat === undefined ? views.length : (columns ?? views.length);
  const perRow = rowLength(views, most, available);
  const room = available - perRow * beside;
  const first = views.slice(0, perRow).reduce((sum, view) => sum + widthOf(view), 0);
  const one = perRow === views.length;
  const fitting = views.map((view) => resized(view, one ? (room * widthOf(view)) / first : room / perRow));
  return { ...rest, concat: fitting, columns: perRow };
}

/** The most views that fit a row; rather equal rows than a full one and a rest. */
function rowLength(views: readonly View[], most: number, available: number): number {
  for (let count = most; count > 1; count--) {
    const widest = views.slice(0, count).reduce((sum, view) => sum + least * widthOf(view) + beside, 0);
    if (widest > available) continue;
    return Math.ceil(views.length / Math.ceil(views.length / count));
  }
  return 1;
}

function widthOf({ width }: View): number {
  return typeof width === 'number' ? width : 300;
}

/** A view of another width, its height changed less, so that slopes stay recognisable. */
function resized(view: View, width: number): View {
  const height = typeof view.height === 'number' ? view.height : 300;
  const factor = Math.min(mostStretch, Math.max(leastStretch, width / widthOf(view)));
  return { ...view, width: Math.round(width), height: Math.round(height * factor) };
}
