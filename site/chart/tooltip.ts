import type { Cell, FigureRow } from '../../src/figure/figure.js';
import { htmlText } from '../../src/figure/scripts.js';

interface Item {
  readonly datum?: unknown;
  readonly x?: number;
  readonly y?: number;
  readonly mark?: { readonly marktype: string; readonly items: readonly Item[] };
}

/** Columns that say how a row is drawn, not what it measured. */
const internal = new Set(['layer', 'label', 'panel', 'place', 'clearWidth']);

let box: HTMLElement | undefined;

/** Shows a mark's row beside the pointer; on a line the row of its nearest point. Vega calls it with null to hide it. */
export function showTooltip(_: unknown, event: MouseEvent, item: Item | null | undefined, value: unknown): void {
  const row = value === null || value === undefined || value === '' ? undefined : rowAt(event, item);
  if (row === undefined) {
    box?.remove();
    return;
  }
  box ??= Object.assign(document.createElement('div'), { className: 'chart-tooltip' });
  box.innerHTML = row
    .map(([name, cell]) => `<div><dt>${htmlText(name)}</dt><dd>${htmlText(cellText(cell))}</dd></div>`)
    .join('');
  document.body.append(box);
  const { offsetWidth, offsetHeight } = box;
  const left = Math.min(event.clientX + 14, innerWidth - offsetWidth - 8);
  const top = event.clientY + 18 + offsetHeight > innerHeight ? event.clientY - offsetHeight - 12 : event.clientY + 18;
  box.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
}

function rowAt(event: MouseEvent, item: Item | null | undefined): [string, Cell][] | undefined {
  const found =
    item?.mark !== undefined && /line|area|trail/.test(item.mark.marktype) ? nearest(event, item.mark.items) : item;
  if (typeof found?.datum !== 'object' || found.datum === null) return undefined;
  const cells = Object.entries(found.datum as FigureRow).filter(
    ([name, cell]) => !internal.has(name) && cell !== null && !name.startsWith('_') && typeof cell !== 'object',
  );
  return cells.length === 0 ? undefined : cells;
}

/** The point of a line nearest to the pointer, in the line's own coordinates: the drawing may be scaled. */
function nearest(event: MouseEvent, points: readonly Item[]): Item | undefined {
  const matrix = event.target instanceof SVGGraphicsElement ? event.target.getScreenCTM() : null;
  if (matrix === null) return undefined;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  const distance = (point: Item): number => Math.hypot((point.x ?? 0) - x, (point.y ?? 0) - y);
  return points.reduce<Item | undefined>(
    (best, point) => (best === undefined || distance(point) < distance(best) ? point : best),
    undefined,
  );
}

/** A cell as people read it: numbers with five significant digits. */
export function cellText(cell: Cell): string {
  if (typeof cell !== 'number') return String(cell ?? '');
  const short = Number(cell.toPrecision(5));
  return (
    Math.abs(short) >= 1e6 || (short !== 0 && Math.abs(short) < 1e-4) ? short.toExponential() : String(short)
  ).replace('-', '−');
}
