import { axes, canvas, linear, linePath, px, stroke, symbol, type Canvas, type PlotArea } from '../chart/plot.js';
import type { Look } from '../../src/figure/theme.js';
import type { StepReport } from './protocol.js';
import type { Answer, Losses } from './session.js';

/** What is known at least of a step that was taken. */
export type TakenStep = Pick<StepReport, 'step' | 'choice'>;

/** One of the two models as the page sees it. */
export interface Side<Step extends TakenStep = StepReport> {
  readonly look: Look;
  readonly losses: (Losses & { readonly step: number })[];
  readonly steps: Step[];
  readonly answers: (Answer & { readonly step: number })[];
}

type LossesOf = Pick<Side, 'look' | 'losses'>;

/** Makes a plot in an element, drawn again when its size changes. */
export function plotOf(element: HTMLElement, redraw: () => void): Canvas {
  return canvas(element, redraw);
}

/**
 * Both losses of each model on all examples, from the common start to where it is.
 * @param all what is known of them, later steps too, for which there is room
 */
export function drawSpace(plot: Canvas, sides: readonly LossesOf[], all: readonly LossesOf[]): void {
  const points = all.flatMap(({ losses }) => losses);
  const area = areaOf(plot);
  const x = linear(domainOf(points.map(({ sft }) => sft)), [area.left, area.right]);
  const y = linear(domainOf(points.map(({ dpo }) => dpo)), [area.bottom, area.top]);
  const rem = plot.rem();
  const paths = sides.map(({ look, losses }) => {
    const last = losses.at(-1);
    const path = linePath(losses.length, (i) => [x(losses[i].sft), y(losses[i].dpo)]);
    return `<path fill="none" d="${path}" ${stroke(look, 0.14 * rem)}/>${last === undefined ? '' : symbol(look, x(last.sft), y(last.dpo), 0.36 * rem)}`;
  });
  const start = points.length === 0 ? '' : startMark(x(points[0].sft), y(points[0].dpo), rem);
  plot.svg.innerHTML = axes(area, x, y, { x: subscripted('SFT'), y: subscripted('DPO') }, rem) + paths.join('') + start;
}

/**
 * One objective of each model over the steps.
 * @param all what is known of them, later steps too, for which there is room
 * @param steps that each will have taken in the end
 */
export function drawLosses(
  plot: Canvas,
  sides: readonly LossesOf[],
  all: readonly LossesOf[],
  objective: 'sft' | 'dpo',
  steps: number,
): void {
  const area = areaOf(plot);
  const values = all.flatMap(({ losses }) => losses.map((row) => row[objective]));
  const x = linear([0, Math.max(1, steps)], [area.left, area.right]);
  const y = linear(domainOf(values), [area.bottom, area.top]);
  const rem = plot.rem();
  const paths = sides.map(({ look, losses }) => {
    const path = linePath(losses.length, (i) => [x(losses[i].step), y(losses[i][objective])]);
    const last = losses.at(-1);
    const head = last === undefined ? '' : symbol(look, x(last.step), y(last[objective]), 0.3 * rem);
    return `<path fill="none" d="${path}" ${stroke(look, 0.14 * rem)}/>${head}`;
  });
  const titles = { x: 'step', y: subscripted(objective.toUpperCase()) };
  plot.svg.innerHTML = axes(area, x, y, titles, rem) + paths.join('');
}

function areaOf(plot: Canvas): PlotArea {
  const rem = plot.rem();
  return { left: 2.9 * rem, right: plot.width() - 0.8 * rem, top: 1.7 * rem, bottom: plot.height() - 2.5 * rem };
}

/** From a little below the least to a little above the largest value; [0, 1] before there are any. */
function domainOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.08 * Math.max(high - low, 0.02);
  return [Math.max(0, low - margin), high + margin];
}

function startMark(x: number, y: number, rem: number): string {
  return `<circle class="start" cx="${px(x)}" cy="${px(y)}" r="${px(0.28 * rem)}"/><text class="start" x="${px(x + 0.6 * rem)}" y="${px(y + 0.25 * rem)}">start</text>`;
}

function subscripted(name: string): string {
  return `f<tspan dy="0.25em" font-size="80%">${name}</tspan>`;
}
