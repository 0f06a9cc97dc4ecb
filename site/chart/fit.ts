import type { Specification, SpecificationView } from './specification.js';

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
  const { data, vconcat, ...rest } = spec;
  if (vconcat === undefined) return { data, ...fittedRow(rest, available) };
  return { ...rest, data, vconcat: vconcat.map((row) => fittedRow(row, available)) };
}

function fittedRow({ hconcat, concat, columns, ...rest }: SpecificationView, available: number): SpecificationView {
  const views = hconcat ?? concat;
  if (views === undefined) return broken(resized(rest, available - beside), available);
  const most = concat === undefined ? views.length : (columns ?? views.length);
  const perRow = rowLength(views, most, available);
  const room = available - perRow * beside;
  const first = views.slice(0, perRow).reduce((sum, view) => sum + widthOf(view), 0);
  const one = perRow === views.length;
  const whole = perRow === most ? views : views.map((_, i) => withOwnAxes(views, i, most));
  const fitting = whole.map((view) => {
    const width = one ? (room * widthOf(view)) / first : room / perRow;
    return broken(resized(view, width), width + beside);
  });
  return { ...broken(rest, available), concat: fitting, columns: perRow };
}

/** The most views that fit a row; rather equal rows than a full one and a rest. */
function rowLength(views: readonly SpecificationView[], most: number, available: number): number {
  for (let count = most; count > 1; count--) {
    const widest = views.slice(0, count).reduce((sum, view) => sum + least * widthOf(view) + beside, 0);
    if (widest > available) continue;
    return Math.ceil(views.length / Math.ceil(views.length / count));
  }
  return 1;
}

/** The parts of a view that name its axes. */
interface Encoded extends SpecificationView {
  readonly encoding?: Readonly<Partial<Record<'x' | 'y', AxisChannel>>>;
}
interface AxisChannel {
  readonly axis?: { readonly labels?: boolean; readonly title?: unknown } | null;
  readonly [other: string]: unknown;
}

/**
 * A view of a grid by itself: where it leaves an axis, or its labels and title, to the view at the left of its row, or at
 * the foot of its column, it has them itself.
 */
function withOwnAxes(views: readonly Encoded[], at: number, columns: number): SpecificationView {
  const view = views[at];
  const { x, y } = view.encoding ?? {};
  const isNamed = (channel: AxisChannel | undefined): boolean =>
    channel?.axis !== null && channel?.axis?.labels !== false;
  const named = (name: 'x' | 'y', channel: AxisChannel | undefined): object => {
    if (isNamed(channel)) return {};
    const row = Math.floor(at / columns);
    const those =
      name === 'y'
        ? views.slice(row * columns, at).reverse()
        : views.filter((_, i) => i > at && i % columns === at % columns);
    const neighbour = those.find(({ encoding }) => isNamed(encoding?.[name]));
    // Where no view of the row or column has the axis, the figure does without it.
    if (neighbour === undefined && channel?.axis === null) return {};
    const found = neighbour?.encoding?.[name]?.axis;
    const axis = channel?.axis === null ? found : { ...channel?.axis, labels: true, title: found?.title };
    return { [name]: { ...channel, axis } };
  };
  return view.encoding === undefined
    ? view
    : { ...view, encoding: { ...view.encoding, ...named('x', x), ...named('y', y) } };
}

/** The title of a view or a row, in one line or several. */
interface Title {
  readonly text?: string | readonly string[];
  readonly fontSize?: number;
  readonly subtitle?: string | readonly string[];
  readonly subtitleFontSize?: number;
}

/** How wide a letter of a title is on average, in units of its size. */
const letter = 0.5;

/** A view whose title is broken into lines where it is wider than a width: the whole figure would shrink to it. */
function broken(view: SpecificationView, width: number): SpecificationView {
  const { title } = view as { readonly title?: Title };
  if (typeof title !== 'object') return view;
  const { text, fontSize = 14, subtitle, subtitleFontSize = 11 } = title;
  const lines = (words: Title['text'], size: number): readonly string[] =>
    [words ?? []].flat().flatMap((line) => inLines(line, width / (letter * size)));
  return {
    ...view,
    title: {
      ...title,
      ...(text !== undefined && { text: lines(text, fontSize) }),
      ...(subtitle !== undefined && { subtitle: lines(subtitle, subtitleFontSize) }),
    },
  };
}

/** A text in lines of at most so many letters, but for words that are longer. */
function inLines(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function widthOf({ width }: SpecificationView): number {
  return typeof width === 'number' ? width : 300;
}

/** A view of another width, its height changed less, so that slopes stay recognisable; so much for a bar stays so much. */
function resized(view: SpecificationView, width: number): SpecificationView {
  const { height = 300 } = view;
  const factor = Math.min(mostStretch, Math.max(leastStretch, width / widthOf(view)));
  const stretched = typeof height === 'number' ? Math.round(height * factor) : height;
  return { ...view, width: Math.round(width), height: stretched };
}
