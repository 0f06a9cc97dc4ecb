import { directLabels } from '../chart/direct-labels.js';
import { formulaText } from '../chart/formula-text.js';
import { lineNames, nameRoom } from '../chart/line-names.js';
import { axes, canvas, linear, linePath, px, stroke, symbol, type Canvas, type PlotArea } from '../chart/plot.js';
import type { Look } from '../../src/figure/theme.js';
import { significant } from '../../src/base/text.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import type { StepReport } from './protocol.js';
import type { ModelAnswer, Losses } from './session.js';

/** What is known at least of a step that was taken. */
export type TakenStep = Pick<StepReport, 'step' | 'choice'>;

/** One of the two models as the page sees it. */
export interface Side<Step extends TakenStep = StepReport> {
  readonly key: ScheduleKey;
  readonly look: Look;
  readonly losses: (Losses & { readonly step: number })[];
  readonly steps: Step[];
  readonly answers: (ModelAnswer & { readonly step: number })[];
}

type LossesOf = Pick<Side, 'key' | 'look' | 'losses'>;

/** A point of a model's way that the pointer is on: which model's, and the place among its losses. */
export interface HoveredPoint {
  readonly side: number;
  readonly at: number;
}

/** What a plot of the losses shows. */
export interface DrawnLosses {
  /** Both models as far as they are shown. */
  readonly sides: readonly LossesOf[];
  /** All that is known of them, later steps too, for which there is room. */
  readonly all: readonly LossesOf[];
  readonly hovered: HoveredPoint | undefined;
}

/** Makes a plot in an element, drawn again when its size changes. */
export function plotOf(element: HTMLElement, redraw: () => void): Canvas {
  return canvas(element, redraw);
}

/**
 * Both losses of each model on all examples, from the common start to where it is.
 * @returns the point of either's way that is nearest to a place of the plot, in pixels, if it is near
 */
export function drawSpace(
  plot: Canvas,
  { sides, all, hovered }: DrawnLosses,
): (left: number, top: number) => HoveredPoint | undefined {
  const points = all.flatMap(({ losses }) => losses);
  const rem = plot.rem();
  const area = areaOf(plot, 0.8 * rem);
  const x = linear(domainOf(points.map(({ sft }) => sft)), [area.left, area.right]);
  const y = linear(domainOf(points.map(({ dpo }) => dpo)), [area.bottom, area.top]);
  const placeOf = ({ sft, dpo }: Losses): { x: number; y: number } => ({ x: x(sft), y: y(dpo) });
  const ways = sides.map(({ losses }) => losses.map(placeOf));
  const lines = ways.map((way) => linePath(way.length, (i) => [way[i].x, way[i].y]));
  const drawn = sides.map((side, i) => pathAndHead(side, lines[i], ways[i].at(-1), rem));
  const start = points.length === 0 ? undefined : placeOf(points[0]);
  const names = namesOf(sides);
  const labels = [
    ...sides.flatMap(({ key }, i) => {
      const head = ways[i].at(-1);
      return head === undefined || ways[i].length === 1
        ? []
        : [{ text: names[i], ...head, shows: `data-schedule="${key}"` }];
    }),
    ...(start === undefined ? [] : [{ text: 'start', ...start }]),
  ];
  const dot =
    start === undefined ? '' : `<circle class="start" cx="${px(start.x)}" cy="${px(start.y)}" r="${px(0.28 * rem)}"/>`;
  plot.svg.innerHTML =
    axes(area, x, y, { x: 'f_SFT →', y: '↑ f_DPO' }, rem) +
    drawn.join('') +
    dot +
    directLabels(labels, area, 0.78 * rem, { lines }) +
    told();
  return (left, top) => {
    let [found, least]: [HoveredPoint | undefined, number] = [undefined, 1.5 * rem];
    for (const [side, way] of ways.entries()) {
      for (const [at, place] of way.entries()) {
        const distance = Math.hypot(place.x - left, place.y - top);
        if (distance < least) [found, least] = [{ side, at }, distance];
      }
    }
    return found;
  };

  /** The point that the pointer is on, with its step and both losses. */
  function told(): string {
    const row = hovered === undefined ? undefined : sides.at(hovered.side)?.losses.at(hovered.at);
    if (hovered === undefined || row === undefined) return '';
    const words = `${names[hovered.side]}, step ${row.step}: f_SFT ${significant(row.sft, 3)}, f_DPO ${significant(row.dpo, 3)}`;
    return `${ring(x(row.sft), y(row.dpo), rem)}<text class="direct hovered-words" x="${px(area.right)}" y="${px(area.top + rem)}" text-anchor="end">${formulaText(words)}</text>`;
  }
}

/**
 * One objective of each model over the steps.
 * @param steps that each will have taken in the end
 */
export function drawLosses(
  plot: Canvas,
  { sides, all, hovered }: DrawnLosses,
  objective: 'sft' | 'dpo',
  steps: number,
): void {
  const rem = plot.rem();
  const names = namesOf(sides);
  const area = areaOf(plot, nameRoom(names, rem));
  const values = all.flatMap(({ losses }) => losses.map((row) => row[objective]));
  const x = linear([0, Math.max(1, steps)], [area.left, area.right]);
  const y = linear(domainOf(values), [area.bottom, area.top]);
  const drawn = sides.map((side) => {
    const way = side.losses.map((row) => ({ x: x(row.step), y: y(row[objective]) }));
    return pathAndHead(
      side,
      linePath(way.length, (i) => [way[i].x, way[i].y]),
      way.at(-1),
      rem,
    );
  });
  // At the end of the plot, also while the lines are still on their way there.
  const ends = sides.flatMap(({ key, losses }, i) => {
    const last = losses.at(-1);
    return last === undefined
      ? []
      : [{ text: names[i], y: y(last[objective]), shows: `data-schedule="${key}"`, step: last.step }];
  });
  const isOver = ends.every(({ step }) => step === steps);
  const row = hovered === undefined ? undefined : sides.at(hovered.side)?.losses.at(hovered.at);
  plot.svg.innerHTML =
    axes(area, x, y, { x: 'steps →', y: `↑ f_${objective.toUpperCase()}` }, rem) +
    drawn.join('') +
    (isOver ? lineNames(ends, area, rem) : '') +
    (row === undefined ? '' : ring(x(row.step), y(row[objective]), rem));
}

function pathAndHead(
  { key, look }: LossesOf,
  line: string,
  head: { readonly x: number; readonly y: number } | undefined,
  rem: number,
): string {
  const shows = `data-schedule="${key}"`;
  return `<path fill="none" ${shows} d="${line}" ${stroke(look, 0.14 * rem)}/>${head === undefined ? '' : symbol(look, head.x, head.y, 0.36 * rem, shows)}`;
}

/** What the schedules are called beside their lines: without what their labels say after a comma, where both differ before it. */
function namesOf(sides: readonly LossesOf[]): string[] {
  const labels = sides.map(({ look }) => look.label);
  const first = labels.map((label) => label.split(', ')[0]);
  return new Set(first).size === first.length ? first : labels;
}

function ring(x: number, y: number, rem: number): string {
  return `<circle class="hovered" cx="${px(x)}" cy="${px(y)}" r="${px(0.5 * rem)}"/>`;
}

function areaOf(plot: Canvas, margin: number): PlotArea {
  const rem = plot.rem();
  return { left: 2.9 * rem, right: plot.width() - margin, top: 1.7 * rem, bottom: plot.height() - 2.5 * rem };
}

/** From a little below the least to a little above the largest value; [0, 1] before there are any. */
function domainOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.08 * Math.max(high - low, 0.02);
  return [Math.max(0, low - margin), high + margin];
}
