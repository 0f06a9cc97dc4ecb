import { lookOf, looks } from '../../src/figure/theme.js';
import { paper } from '../../src/schedule/key.js';
import type { EnsembleMeasures } from '../../src/convex/simulate/measures.js';
import {
  axes,
  canvas,
  clipped,
  linePath,
  logarithmic,
  px,
  stroke,
  symbol,
  type PlotArea,
  type Scale,
  uniqueName,
} from '../chart/plot.js';
import { cssInk } from '../chart/scheme.js';
import { lineNames, nameRoom } from '../chart/line-names.js';
import { hoveredRun, ring } from './hovered.js';
import { statementWords } from './statement-words.js';
import type { MeanCurve, ShownBound } from './protocol.js';
import { lookIn, nameIn, reached, shownEnsembles, type Shown, type PageView } from './shown.js';

/** The measures as they are called on an axis. */
const titles: Readonly<Partial<Record<keyof EnsembleMeasures, string>>> = {
  gap: '↑ gap F_λ(θ_t) − min F_λ',
  averageGap: '↑ gap of the average point',
  maxGap: '↑ F_max(θ_t) − min F_max',
  averageMaxGap: '↑ F_max of the average − min F_max',
  idealDistance: '↑ distance to the ideal point',
};

/** A measure as its axis calls it; the gap at either end of λ is that of one objective. */
function titleOf(measure: keyof EnsembleMeasures, lambda: number): string {
  if (measure === 'gap' && (lambda === 0 || lambda === 1)) {
    const one = lambda === 0 ? 'f_SFT' : 'f_DPO';
    return `↑ ${one}(θ_t) − min ${one}`;
  }
  return titles[measure] ?? measure;
}

/**
 * A measure against steps, both on logarithmic axes: means, 95 % bands over seeds, and the bounds of the theorems.
 * @param isNamed whether the lines have the names of their schedules
 */
export function againstStepsView(host: HTMLElement, isNamed = true): PageView {
  let last: Shown | undefined;
  const clip = uniqueName('steps-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Gap against steps');

  function draw(shown: Shown): void {
    last = shown;
    const runs = shownEnsembles(shown);
    if (runs.length === 0 || width() === 0) return;
    const { state, theory, progress } = shown;
    const { measure } = state;
    const names = isNamed ? runs.map(([key]) => nameIn(state, key)) : [];
    const right = width() - Math.max(2.6 * rem(), nameRoom(names, rem()));
    const area = { left: 3.2 * rem(), right, top: 1.6 * rem(), bottom: height() - 2.4 * rem() };
    const title = titleOf(measure, state.lambda);
    const bounds = runs.flatMap(([key]) =>
      (theory?.bounds[key] ?? [])
        .filter((bound) => bound.silence === '' && bound.measure === measure)
        .map((bound) => ({ key, bound })),
    );
    const ownLimit = maxrightLimit(shown);
    const range = domain(
      runs.map(([, { curves }]) => curves[measure]),
      bounds.map(({ bound }) => bound),
    );
    const x = logarithmic([1, Math.max(2, state.steps)], [area.left, area.right]);
    const y = logarithmic(range, [area.bottom, area.top]);
    const floor = (value: number): number => y(Math.max(value, range[0]));
    const until = progress * state.steps;
    svg.setAttribute(
      'aria-label',
      `${title.replace('↑ ', '')} against steps; the table has the numbers after the last step`,
    );
    const hovered = hoveredRun(shown);
    const ringed =
      hovered === undefined
        ? ''
        : ring(
            x(Math.max(1, hovered.run.steps[hovered.at])),
            floor(hovered.run.curves[measure].mean[hovered.at]),
            rem(),
          );
    svg.innerHTML = `
      ${axes(area, x, y, { x: 'steps →', y: title }, rem())}
      ${clipped(clip, area)}
      <g clip-path="url(#${clip})">
        ${runs.map(([key, { curves, steps }]) => `<path class="band" data-schedule="${key}" fill="${cssInk(lookIn(state, key).colour)}" d="${band(curves[measure], steps, x, floor)}"/>`).join('')}
        ${runs.map(([key, { curves, steps }]) => `<path class="mean" data-schedule="${key}" d="${linePath(steps.length, (i) => [x(steps[i]), floor(curves[measure].mean[i])])}" ${stroke(lookIn(state, key), 0.13 * rem())}/>`).join('')}
        ${bounds.map(({ key, bound }) => boundLine(key, bound, runs[0][1].steps, x, y)).join('')}
        ${ownLimit === undefined ? '' : `<path class="bound exact" d="M${px(area.left)},${px(y(ownLimit))}H${px(area.right)}" stroke="${cssInk(looks[paper.maxright].colour)}"/>`}
        ${progress < 1 ? `<path class="now" d="M${px(x(Math.max(1, until)))},${px(area.top)}V${px(area.bottom)}"/>` : ''}
      </g>
      ${ringed}${runs.map(([key, ensemble]) => head(key, ensemble, measure, x, floor)).join('')}
      ${lineNames(
        names.map((text, i) => {
          const [key, { curves }] = runs[i];
          return { text, y: floor(curves[measure].mean.at(-1) ?? NaN), shows: `data-schedule="${key}"` };
        }),
        area,
        rem(),
      )}
      ${boundLabels(
        [
          ...bounds.map(({ key, bound: { id, value, kind } }) => ({
            id,
            value,
            // A limit is a level that runs go to, and no bound on where they are.
            words: `${id.endsWith('.limit') ? '' : kind === 'lower' ? '≥ ' : '≤ '}${statementWords(id, key)}`,
          })),
          ...(ownLimit === undefined ? [] : [{ id: '', value: ownLimit, words: 'MAXRIGHT’s limit θ°' }]),
        ],
        y,
        area,
        runs.map(([, { curves, steps }]) => steps.map((step, i) => [x(step), floor(curves[measure].mean[i])] as const)),
      )}`;

    function head(
      key: string,
      ensemble: (typeof runs)[number][1],
      drawn: typeof measure,
      across: Scale,
      up: (value: number) => number,
    ): string {
      const at = reached(ensemble, progress);
      const step = Math.max(1, ensemble.steps[at]);
      return symbol(
        lookIn(state, key),
        across(step),
        up(ensemble.curves[drawn].mean[at]),
        0.32 * rem(),
        `data-schedule="${key}"`,
      );
    }
  }

  function boundLine(
    key: string,
    { curve, value, kind, id }: ShownBound,
    steps: readonly number[],
    x: Scale,
    y: Scale,
  ): string {
    // A theorem that speaks of the last step alone is a level to reach, or a point.
    const single = curve.filter(Number.isFinite).length === 1;
    // On a logarithmic axis nothing is drawn of a bound at or below 0.
    if (single && !(value > 0)) return '';
    const d = single
      ? `M${px(x(1))},${px(y(value))}H${px(x(steps[steps.length - 1]))}`
      : linePath(steps.length, (i) => [x(steps[i]), curve[i] > 0 ? y(curve[i]) : NaN]);
    return `<path class="bound ${kind}" data-bound="${id}" d="${d}" stroke="${cssInk(lookOf(key).colour)}"/>`;
  }

  /** The ends of the bounds in words, or by id where the page shows these. */
  function boundLabels(
    bounds: readonly { readonly id: string; readonly value: number; readonly words: string }[],
    y: Scale,
    area: PlotArea,
    drawn: readonly (readonly (readonly [number, number])[])[],
  ): string {
    // The first of those that meet says it in words.
    const places: { top: number; words: string; ids: string[] }[] = [];
    for (const { id, value, words } of bounds) {
      const top = y(value);
      if (!(top > area.top - 1 && top < area.bottom)) continue;
      const near = places.find((place) => Math.abs(place.top - top) < 0.9 * rem());
      if (near === undefined) places.push({ top, words, ids: [id] });
      else near.ids.push(id);
    }
    return places
      .map(({ top, words, ids }) => {
        // At the end of the runs, or at their beginning where fewer of their points lie under it.
        const width = 0.42 * rem() * words.length;
        const covered = (from: number): number =>
          drawn
            .flat()
            .filter(
              ([left, up]) => left > from && left < from + width && Math.abs(up - top + 0.6 * rem()) < 0.7 * rem(),
            ).length;
        const atEnd = covered(area.right - width) <= covered(area.left);
        const [at, anchor] = atEnd ? [area.right - 0.2 * rem(), 'end'] : [area.left + 0.2 * rem(), 'start'];
        return `<text class="bound-label" x="${px(at)}" y="${px(top - 0.35 * rem())}" text-anchor="${anchor}"><tspan class="in-words">${words}</tspan><tspan class="by-id">${ids.filter((id) => id !== '').join(', ')}</tspan></text>`;
      })
      .join('');
  }
  return { draw };
}

/** The gap of θ°, where MAXRIGHT goes, of a plot of gaps that shows it; undefined where it is none. */
function maxrightLimit({ state, scene }: Shown): number | undefined {
  if (state.measure !== 'gap' || scene === undefined || !state.schedules.includes(paper.maxright)) return undefined;
  const { chebyshev, weightedSum } = scene.referenceOptima;
  const gap = state.lambda * chebyshev.dpo + (1 - state.lambda) * chebyshev.sft - weightedSum.value;
  return gap > 1e-9 ? gap : undefined;
}

/** What is shown of a measure: all of its means down to a millionth of the largest, and bounds not far above. */
function domain(curves: readonly MeanCurve[], bounds: readonly ShownBound[]): [number, number] {
  let [low, high] = [Infinity, 0];
  for (const { mean } of curves) {
    for (let at = 1; at < mean.length; at++) {
      high = Math.max(high, mean[at]);
      if (mean[at] > 0) low = Math.min(low, mean[at]);
    }
  }
  if (!(high > 0)) return [1e-6, 1];
  const values = bounds.map(({ value }) => value).filter((value) => value > 0);
  const top = Math.max(high, ...values.filter((value) => value < 300 * high));
  return [Math.max(Math.min(low, ...values) * 0.6, 1e-6 * top), top * 1.8];
}

function band({ low, high }: MeanCurve, steps: readonly number[], x: Scale, y: (value: number) => number): string {
  const from = steps.findIndex((step) => step >= 1);
  const count = steps.length - from;
  if (Number.isNaN(low[steps.length - 1])) return '';
  const top = linePath(count, (i) => [x(steps[from + i]), y(high[from + i])]);
  const bottom = linePath(count, (i) => [x(steps[steps.length - 1 - i]), y(low[steps.length - 1 - i])]);
  return `${top}${bottom.replace('M', 'L')}Z`;
}
