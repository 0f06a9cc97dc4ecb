/** A labelled point in a panel, as shares of its width and of its height from the lower left corner. */
export interface PanelPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** What a point takes up around itself, in pixels. */
interface MarkExtent {
  readonly left: number;
  readonly right: number;
  readonly below: number;
  readonly above: number;
}

const markBox: MarkExtent = { left: -5, right: 5, below: -5, above: 5 };

/**
 * The least width of the panel, in pixels, from which on each label, beside its point, is clear of the marks of the
 * other points and of the labels that come before it; infinite where no width is enough.
 * @param height the least of the panel, whatever its width
 * @param boxOf what a label takes up
 */
export function clearWidths(
  points: readonly PanelPoint[],
  height: number,
  boxOf: (label: string) => MarkExtent,
): number[] {
  const widths: number[] = [];
  for (const point of points) {
    const apart = (other: PanelPoint, box: MarkExtent): number =>
      widthApart({ x: other.x - point.x, y: height * (other.y - point.y) }, boxOf(point.label), box);
    const marks = points.filter((other) => other !== point).map((other) => apart(other, markBox));
    // A label that is itself not clear yet is not shown, and in nobody's way.
    const labels = widths
      .map((_, i) => apart(points[i], boxOf(points[i].label)))
      .filter((width, i) => width > widths[i]);
    widths.push(Math.max(0, ...marks, ...labels));
  }
  return widths;
}

/** From which width of the panel on a box and another, of a point so far away, are apart. */
function widthApart(to: { readonly x: number; readonly y: number }, box: MarkExtent, other: MarkExtent): number {
  const level = to.y + other.below < box.above && to.y + other.above > box.below;
  const [leftwards, rightwards] = [other.right - box.left, box.right - other.left];
  const room = to.x < 0 ? leftwards : to.x > 0 ? rightwards : Math.min(leftwards, rightwards);
  return level && room > 0 ? room / Math.abs(to.x) : 0;
}
