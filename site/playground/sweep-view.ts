import { linear, linePath, canvas, px } from '../chart/plot.js';
import { looks } from '../../src/figure/theme.js';
import { paper } from '../../src/schedule/key.js';
import { significant } from '../../src/base/text.js';
import type { Shown, View } from './shown.js';

/** Sequential's limit Δ over λ, beside λ's slider: the front has all that it takes. */
export function sweepView(host: HTMLElement): View {
  let last: Shown | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Sequential’s limit over λ');

  function draw(shown: Shown): void {
    last = shown;
    const { scene, theory, state } = shown;
    if (scene === undefined || theory === undefined || width() === 0) return;
    const end = scene.referenceOptima.dpo;
    const limits = theory.front.map(({ lambda, dpo, sft }) => ({
      lambda,
      gap: Math.max(0, lambda * (end.dpo - dpo) + (1 - lambda) * (end.sft - sft)),
    }));
    const most = Math.max(...limits.map(({ gap }) => gap), 1e-9);
    const x = linear([0, 1], [0.4 * rem(), width() - 0.4 * rem()]);
    const y = linear([0, most], [height() - 0.3 * rem(), 0.3 * rem()]);
    const { weightedSum } = scene.referenceOptima;
    const here = Math.max(0, state.lambda * end.dpo + (1 - state.lambda) * end.sft - weightedSum.value);
    const words = `Δ = ${significant(here, 3)} at λ = ${state.lambda}`;
    svg.setAttribute('aria-label', `Sequential’s limit over λ: ${words}`);
    svg.innerHTML = `<path class="sweep-line" d="${linePath(limits.length, (i) => [x(limits[i].lambda), y(limits[i].gap)])}" stroke="${looks[paper.sftThenDpo].colour}"/>
      <circle class="point" cx="${px(x(state.lambda))}" cy="${px(y(Math.min(most, here)))}" r="${px(0.26 * rem())}"/>
      <text x="${px(width() - 0.3 * rem())}" y="${px(0.95 * rem())}" text-anchor="end" font-size="${px(0.72 * rem())}">Sequential’s ${words}</text>`;
  }
  return { draw };
}
