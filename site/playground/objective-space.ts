import { looks } from '../../src/figure/theme.js';
import { axes, canvas, linear, linePath, px, stroke, symbol } from '../chart/plot.js';
import { dots } from './landscape.js';
import { reached, shownEnsembles, type Shown, type View } from './shown.js';

/** Objective space: f_DPO across, f_SFT up; the Pareto front, the ideal point, and where the schedules go and end. */
export function objectiveSpaceView(host: HTMLElement): View {
  let last: Shown | undefined;
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
    const domain = (ideal: number, values: readonly number[]): [number, number] => {
      const top = Math.max(...values.filter(Number.isFinite));
      const span = Math.max(top - ideal, 1e-9);
      return [ideal - 0.07 * span, top + 0.1 * span];
    };
    const area = { left: 3 * rem(), right: width() - 0.8 * rem(), top: 1.6 * rem(), bottom: height() - 2.4 * rem() };
    const xs = domain(bestDpo.value, [...front.map(({ dpo }) => dpo), ...ends.map(({ dpo }) => dpo.mean)]);
    const ys = domain(bestSft.value, [...front.map(({ sft }) => sft), ...ends.map(({ sft }) => sft.mean)]);
    const x = linear(xs, [area.left, area.right]);
    const y = linear(ys, [area.bottom, area.top], 4);
    const curve = linePath(front.length, (i) => [x(front[i].dpo), y(front[i].sft)]);
    const feasible = `${curve}V${px(area.top)}H${px(area.right)}V${px(y(front[0].sft))}Z`;
    const { weightedSum } = scene.referenceOptima;
    const level = tangent(state.lambda, weightedSum, xs, ys);
    const trails = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      const d = linePath(at + 1, (i) => [x(curves.dpo.mean[i]), y(curves.sft.mean[i])]);
      return `<path class="trail" d="${d}" ${stroke(looks[key], 0.12 * rem())}/>`;
    });
    const clouds = runs.map(([key, { endValues }]) =>
      progress < 1 ? '' : dots(endValues, x, y, looks[key].colour, 0.11 * rem()),
    );
    const heads = runs.map(([key, { curves, steps }]) => {
      const at = reached({ steps }, progress);
      return symbol(looks[key], x(curves.dpo.mean[at]), y(curves.sft.mean[at]), 0.38 * rem());
    });
    const worst = front.reduce((most, { certificate }) => Math.max(most, certificate), 0);
    svg.setAttribute(
      'aria-label',
      `Objective space: the Pareto front, certified to ${worst.toPrecision(2)}, and the ends of ${runs.map(([key]) => looks[key].label).join(', ')}; the table has the numbers`,
    );
    svg.innerHTML = `
      ${axes(area, x, y, { x: 'f_DPO →', y: '↑ f_SFT' }, rem())}
      <clipPath id="space-clip"><rect x="${px(area.left)}" y="${px(area.top)}" width="${px(area.right - area.left)}" height="${px(area.bottom - area.top)}"/></clipPath>
      <g clip-path="url(#space-clip)">
        <path class="feasible" d="${feasible}"/>
        <path class="level" d="M${level.map(([a, b]) => `${px(x(a))},${px(y(b))}`).join('L')}"/>
        <path class="front" d="${curve}"/>
        ${trails.join('')}${clouds.join('')}${heads.join('')}
      </g>
      ${label(x(bestDpo.value), y(bestSft.value), 'ideal point', 'ideal')}
      ${label(x(weightedSum.dpo), y(weightedSum.sft), '', 'optimum')}`;
  }

  function label(left: number, top: number, text: string, name: string): string {
    const arm = 0.26 * rem();
    return `<g class="reference-optimum ${name}" transform="translate(${px(left)},${px(top)})">
      <path d="M${px(-arm)},0H${px(arm)}M0,${px(-arm)}V${px(arm)}"/>
      <text x="${px(0.5 * rem())}" y="${px(-0.4 * rem())}">${text}</text></g>`;
  }
  return { draw };
}

/** The line on which F_λ has its minimum: no point of the problem lies below it, and it touches the front. */
function tangent(
  lambda: number,
  { dpo, sft }: { dpo: number; sft: number },
  xs: readonly [number, number],
  ys: readonly [number, number],
): readonly (readonly [number, number])[] {
  if (lambda === 1)
    return [
      [dpo, ys[0]],
      [dpo, ys[1]],
    ];
  const slope = -lambda / (1 - lambda);
  return xs.map((x) => [x, sft + slope * (x - dpo)] as const);
}
