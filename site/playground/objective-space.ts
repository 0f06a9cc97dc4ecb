import { looks } from '../../src/figure/theme.js';
import { levelLine, objectiveSpace, reachedRegion, spaceAxes, spaceLine } from '../chart/objective-space.js';
import { canvas, clipped, linePath, px, stroke, symbol, uniqueName } from '../chart/plot.js';
import { dots } from './landscape.js';
import { reached, shownEnsembles, type Shown, type View } from './shown.js';

/** Objective space: f_SFT across, f_DPO up; the Pareto front, the ideal point, and where the schedules go and end. */
export function objectiveSpaceView(host: HTMLElement): View {
  let last: Shown | undefined;
  const clip = uniqueName('space-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Objective space');

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
    const { area, x, y } = space;
    const { weightedSum } = scene.referenceOptima;
    const trails = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      const d = linePath(at + 1, (i) => [x(curves.sft.mean[i]), y(curves.dpo.mean[i])]);
      return `<path class="trail" data-schedule="${key}" d="${d}" ${stroke(looks[key], 0.12 * rem())}/>`;
    });
    const clouds = runs.map(([key, { endValues }]) =>
      progress < 1 ? '' : dots(swapped(endValues), x, y, key, 0.11 * rem()),
    );
    const heads = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      return symbol(looks[key], x(curves.sft.mean[at]), y(curves.dpo.mean[at]), 0.38 * rem(), `data-schedule="${key}"`);
    });
    const worst = front.reduce((most, { certificate }) => Math.max(most, certificate), 0);
    svg.setAttribute(
      'aria-label',
      `Objective space: the Pareto front, certified to ${worst.toPrecision(2)}, and the ends of ${runs.map(([key]) => looks[key].label).join(', ')}; the table has the numbers`,
    );
    svg.innerHTML = `
      ${spaceAxes(space, rem())}
      ${clipped(clip, area)}
      <g clip-path="url(#${clip})">
        <path class="feasible" d="${reachedRegion(space, front)}"/>
        <path class="level" d="${levelLine(space, state.lambda, weightedSum)}"/>
        <path class="front" d="${spaceLine(space, front)}"/>
        ${trails.join('')}${clouds.join('')}${heads.join('')}
      </g>
      ${label(x(bestSft.value), y(bestDpo.value), 'ideal point', 'ideal')}
      ${label(x(weightedSum.sft), y(weightedSum.dpo), 'min F_λ', 'optimum')}`;
  }

  function label(left: number, top: number, text: string, name: string): string {
    const arm = 0.26 * rem();
    return `<g class="reference-optimum ${name}" transform="translate(${px(left)},${px(top)})">
      <path d="M${px(-arm)},0H${px(arm)}M0,${px(-arm)}V${px(arm)}"/>
      <text x="${px(0.5 * rem())}" y="${px(-0.4 * rem())}">${text}</text></g>`;
  }
  return { draw };
}

/** Pairs of f_DPO and f_SFT, alternating, as x and y. */
function swapped(values: Float64Array): Float64Array {
  return values.map((_, i) => values[i ^ 1]);
}
