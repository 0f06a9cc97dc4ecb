import { significant } from '../../src/base/text.js';
import {
  levelLine,
  objectiveSpace,
  reachedRegion,
  spaceAxes,
  spaceLine,
  type ObjectiveSpace,
} from '../chart/objective-space.js';
import { escapeHtml } from '../../src/figure/scripts.js';
import { formulaText } from '../chart/formula-text.js';
import { canvas, clipped, linePath, px, stroke, symbol, uniqueName } from '../chart/plot.js';
import { dots } from './landscape.js';
import { lookIn, reached, shownEnsembles, type Shown, type View } from './shown.js';

/** Objective space: f_SFT across, f_DPO up; the Pareto front, the ideal point, and where the schedules go and end. */
export function objectiveSpaceView(host: HTMLElement, hover?: (hovered: Shown['hovered']) => void): View {
  let last: Shown | undefined;
  const clip = uniqueName('space-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Objective space');

  let shownSpace: ObjectiveSpace | undefined;
  if (hover !== undefined) {
    svg.addEventListener('pointermove', ({ clientX, clientY }) => {
      if (last === undefined || shownSpace === undefined) return;
      const { left, top } = svg.getBoundingClientRect();
      hover(nearestPoint(last, shownSpace, [clientX - left, clientY - top], 1.5 * rem()));
    });
    svg.addEventListener('pointerleave', () => {
      hover(undefined);
    });
  }

  function draw(shown: Shown): void {
    last = shown;
    const { scene, theory, state, progress } = shown;
    if (scene === undefined || theory === undefined || width() === 0) return;
    const { front } = theory;
    const { dpo: bestDpo, sft: bestSft } = scene.referenceOptima;
    const runs = shownEnsembles(shown);
    const ends = runs.map(([, { final }]) => final);
    const ideal = { dpo: bestDpo.value, sft: bestSft.value };
    const reachedAtEnd = ends.map(({ dpo, sft }) => ({ dpo: dpo.mean, sft: sft.mean }));
    const space = objectiveSpace({ width: width(), height: height(), rem: rem() }, ideal, [...front, ...reachedAtEnd]);
    shownSpace = space;
    const { area, x, y } = space;
    const { weightedSum } = scene.referenceOptima;
    const trails = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      const d = linePath(at + 1, (i) => [x(curves.sft.mean[i]), y(curves.dpo.mean[i])]);
      return `<path class="trail" data-schedule="${key}" d="${d}" ${stroke(lookIn(state, key), 0.12 * rem())}/>`;
    });
    const clouds = runs.map(([key, { endValues }]) =>
      progress < 1 ? '' : dots(swapped(endValues), x, y, key, lookIn(state, key).colour, 0.11 * rem()),
    );
    const heads = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      return symbol(
        lookIn(state, key),
        x(curves.sft.mean[at]),
        y(curves.dpo.mean[at]),
        0.38 * rem(),
        `data-schedule="${key}"`,
      );
    });
    const worst = front.reduce((most, { certificate }) => Math.max(most, certificate), 0);
    svg.setAttribute(
      'aria-label',
      `Objective space: the Pareto front, certified to ${worst.toPrecision(2)}, and the ends of ${runs.map(([key]) => lookIn(state, key).label).join(', ')}; the table has the numbers`,
    );
    svg.innerHTML = `
      ${spaceAxes(space, rem())}
      ${clipped(clip, area)}
      <g clip-path="url(#${clip})">
        <path class="feasible" d="${reachedRegion(space, front)}"/>
        <path class="level" d="${levelLine(space, state.lambda, weightedSum)}"/>
        <path class="front" d="${spaceLine(space, front)}"/>
        ${trails.join('')}${clouds.join('')}${heads.join('')}${hoveredPoint()}
      </g>
      ${label(x(bestSft.value), y(bestDpo.value), 'ideal point', 'ideal')}
      ${label(x(weightedSum.sft), y(weightedSum.dpo), 'θ*_λ', 'optimum')}`;
  }

  /** The point that the pointer is on, with its step and both losses. */
  function hoveredPoint(): string {
    const run = last?.hovered === undefined ? undefined : last.ensembles.get(last.hovered.key);
    if (last?.hovered === undefined || run === undefined || shownSpace === undefined) return '';
    const { key, at } = last.hovered;
    const { area, x, y } = shownSpace;
    const [sft, dpo] = [run.curves.sft.mean[at], run.curves.dpo.mean[at]];
    const words = `${lookIn(last.state, key).label}, step ${run.steps[at].toLocaleString('en')}: f_SFT ${significant(sft, 3)}, f_DPO ${significant(dpo, 3)}`;
    return `<circle class="hovered" cx="${px(x(sft))}" cy="${px(y(dpo))}" r="${px(0.5 * rem())}"/>
      <text class="direct hovered-words" x="${px(area.right)}" y="${px(area.top + rem())}" text-anchor="end">${formulaText(escapeHtml(words))}</text>`;
  }

  function label(left: number, top: number, text: string, name: string): string {
    const arm = 0.26 * rem();
    return `<g class="reference-optimum ${name}" transform="translate(${px(left)},${px(top)})">
      <path d="M${px(-arm)},0H${px(arm)}M0,${px(-arm)}V${px(arm)}"/>
      <text x="${px(0.5 * rem())}" y="${px(-0.4 * rem())}">${formulaText(text)}</text></g>`;
  }
  return { draw };
}

/** Pairs of f_DPO and f_SFT, alternating, as x and y. */
function swapped(values: Float64Array): Float64Array {
  return values.map((_, i) => values[i ^ 1]);
}

/** The recorded point of a mean path that is nearest to a place of the picture, if it is near. */
function nearestPoint(
  shown: Shown,
  { x, y }: ObjectiveSpace,
  [left, top]: readonly [number, number],
  reach: number,
): Shown['hovered'] {
  let found: Shown['hovered'];
  let least = reach;
  for (const [key, { curves, steps }] of shownEnsembles(shown)) {
    const last = reached({ steps }, shown.progress);
    for (let at = 0; at <= last; at++) {
      const distance = Math.hypot(x(curves.sft.mean[at]) - left, y(curves.dpo.mean[at]) - top);
      if (distance < least) [found, least] = [{ key, at }, distance];
    }
  }
  return found;
}
