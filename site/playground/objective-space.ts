import { directLabels, joined } from '../chart/direct-labels.js';
import {
  frontNames,
  levelLine,
  objectiveSpace,
  reachedRegion,
  spaceAxes,
  spaceLine,
  type ObjectiveSpace,
} from '../chart/objective-space.js';
import { canvas, clipped, linePath, px, stroke, symbol, uniqueName } from '../chart/plot.js';
import { cssInk } from '../chart/scheme.js';
import { hoveredInSpace, nearestPoint, watchPointer } from './hovered.js';
import { dots } from './landscape.js';
import { lookIn, nameIn, reached, shownEnsembles, type Hovered, type Shown, type PageView } from './shown.js';

/** Objective space: f_SFT across, f_DPO up; the Pareto front, the ideal point, and where the schedules go and end. */
export function objectiveSpaceView(host: HTMLElement, hover?: (hovered: Hovered | undefined) => void): PageView {
  let last: Shown | undefined;
  const clip = uniqueName('space-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Objective space');

  let shownSpace: ObjectiveSpace | undefined;
  if (hover !== undefined) {
    const at = (place: readonly [number, number]): Hovered | undefined =>
      last === undefined || shownSpace === undefined ? undefined : nearestPoint(last, shownSpace, place, 1.5 * rem());
    watchPointer(svg, at, hover);
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
    const { weightedSum, chebyshev } = scene.referenceOptima;
    const trails = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      const d = linePath(at + 1, (i) => [x(curves.sft.mean[i]), y(curves.dpo.mean[i])]);
      return { d, key };
    });
    const clouds = runs.map(([key, { endValues }]) =>
      progress < 1 ? '' : dots(swapped(endValues), x, y, key, cssInk(lookIn(state, key).colour), 0.11 * rem()),
    );
    const heads = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      return { key, x: x(curves.sft.mean[at]), y: y(curves.dpo.mean[at]), shows: `data-schedule="${key}"` };
    });
    const isInside = (head: { readonly x: number; readonly y: number }): boolean =>
      head.x >= area.left && head.x <= area.right && head.y >= area.top && head.y <= area.bottom;
    const level = levelLine(space, state.lambda, weightedSum);
    const line = spaceLine(space, front);
    const optima = [
      { text: 'ideal point', x: x(bestSft.value), y: y(bestDpo.value) },
      { text: 'θ*_λ', x: x(weightedSum.sft), y: y(weightedSum.dpo), name: 'strong' },
      { text: 'θ°', x: x(chebyshev.sft), y: y(chebyshev.dpo), name: 'strong' },
    ];
    const labels = [
      ...joined(optima, 0.3 * rem()),
      ...joined(
        heads.filter(isInside).map((head) => ({ ...head, text: nameIn(state, head.key) })),
        0.5 * rem(),
      ),
      ...frontNames(space, front, state.lambda, weightedSum),
    ];
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
        <path class="level" d="${level}"/>
        <path class="front" d="${line}"/>
        ${trails.map(({ d, key }) => `<path class="trail" data-schedule="${key}" d="${d}" ${stroke(lookIn(state, key), 0.12 * rem())}/>`).join('')}
        ${clouds.join('')}
        ${heads.map((head) => symbol(lookIn(state, head.key), head.x, head.y, 0.38 * rem(), head.shows)).join('')}
        ${optima.map((place) => cross(place.x, place.y)).join('')}${hoveredInSpace(shown, space, rem())}
      </g>
      ${directLabels(labels, area, 0.78 * rem(), { lines: [line, level, ...trails.map(({ d }) => d)] })}`;
  }

  function cross(left: number, top: number): string {
    const arm = 0.26 * rem();
    return `<path class="mark" d="M${px(left - arm)},${px(top)}h${px(2 * arm)}M${px(left)},${px(top - arm)}v${px(2 * arm)}"/>`;
  }

  return { draw };
}

/** Pairs of f_DPO and f_SFT, alternating, as x and y. */
function swapped(values: Float64Array): Float64Array {
  return values.map((_, i) => values[i ^ 1]);
}
