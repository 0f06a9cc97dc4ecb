import { escapeHtml } from '../../src/figure/scripts.js';
import { shortNumber, significant } from '../../src/base/text.js';
import { formulaText } from '../chart/formula-text.js';
import type { ObjectiveSpace } from '../chart/objective-space.js';
import { px } from '../chart/plot.js';
import type { EnsembleSummary, DrawnFrontPoint } from './protocol.js';
import { lookIn, reached, shownEnsembles, type Hovered, type Shown } from './shown.js';

/** The run that the pointer is on a recorded point of, and the place among its steps. */
export function hoveredRun({ hovered, ensembles }: Shown): { run: EnsembleSummary; at: number } | undefined {
  if (hovered === undefined || 'onFront' in hovered) return undefined;
  const run = ensembles.get(hovered.key);
  return run === undefined ? undefined : { run, at: hovered.at };
}

/** The point of the front that the pointer is on. */
export function hoveredOnFront({ hovered, theory }: Shown): DrawnFrontPoint | undefined {
  return hovered === undefined || !('onFront' in hovered) ? undefined : theory?.front.at(hovered.onFront);
}

/** Where θ is in the plane for what the pointer is on: on the first seed's path, or in the Pareto set. */
export function hoveredTheta(shown: Shown): readonly [number, number] | undefined {
  const found = hoveredRun(shown);
  if (found === undefined) return hoveredOnFront(shown)?.point;
  const { run, at } = found;
  return [run.path[2 * at], run.path[2 * at + 1]];
}

/** A ring around a place. */
export function ring(x: number, y: number, rem: number): string {
  return `<circle class="hovered" cx="${px(x)}" cy="${px(y)}" r="${px(0.5 * rem)}"/>`;
}

/** The point of objective space that the pointer is on, with its step or its λ, and both losses. */
export function hoveredInSpace(shown: Shown, { area, x, y }: ObjectiveSpace, rem: number): string {
  const { hovered, state } = shown;
  const [found, point] = [hoveredRun(shown), hoveredOnFront(shown)];
  let [name, sft, dpo] = ['', NaN, NaN];
  if (found !== undefined && hovered !== undefined && 'key' in hovered) {
    const { run, at } = found;
    [name, sft, dpo] = [
      `${lookIn(state, hovered.key).label}, step ${run.steps[at].toLocaleString('en')}`,
      run.curves.sft.mean[at],
      run.curves.dpo.mean[at],
    ];
  } else if (point !== undefined) {
    [name, sft, dpo] = [`Pareto front, λ = ${shortNumber(point.lambda)}`, point.sft, point.dpo];
  } else return '';
  const words = `${name}: f_SFT ${significant(sft, 3)}, f_DPO ${significant(dpo, 3)}`;
  return `${ring(x(sft), y(dpo), rem)}
    <text class="direct hovered-words" x="${px(area.right)}" y="${px(area.top + rem)}" text-anchor="end">${formulaText(escapeHtml(words))}</text>`;
}

/** The recorded point of a mean path that is nearest to a place of the picture, if it is near; else one of the front. */
export function nearestPoint(
  shown: Shown,
  space: ObjectiveSpace,
  place: readonly [left: number, top: number],
  reach: number,
): Hovered | undefined {
  const { x, y } = space;
  let found: Hovered | undefined;
  let least = reach;
  for (const [key, { curves, steps }] of shownEnsembles(shown)) {
    const last = reached({ steps }, shown.progress);
    for (let at = 0; at <= last; at++) {
      const distance = Math.hypot(x(curves.sft.mean[at]) - place[0], y(curves.dpo.mean[at]) - place[1]);
      if (distance < least) [found, least] = [{ key, at }, distance];
    }
  }
  return found ?? nearestOnFront(shown, space, place, reach);
}

/** The point of the front that is nearest to a place of the picture, if it is near. */
export function nearestOnFront(
  { theory }: Shown,
  { x, y }: ObjectiveSpace,
  [left, top]: readonly [left: number, top: number],
  reach: number,
): Hovered | undefined {
  let found: Hovered | undefined;
  let least = reach;
  for (const [onFront, { sft, dpo }] of (theory?.front ?? []).entries()) {
    const distance = Math.hypot(x(sft) - left, y(dpo) - top);
    if (distance < least) [found, least] = [{ onFront }, distance];
  }
  return found;
}

/** Tells what the pointer is on in a picture of objective space, whenever that is something else. */
export function watchPointer(
  svg: SVGSVGElement,
  at: (place: readonly [left: number, top: number]) => Hovered | undefined,
  told: (hovered: Hovered | undefined) => void,
): void {
  let last: Hovered | undefined;
  const tell = (hovered: Hovered | undefined): void => {
    if (JSON.stringify(hovered) === JSON.stringify(last)) return;
    last = hovered;
    told(hovered);
  };
  svg.addEventListener('pointermove', ({ clientX, clientY }) => {
    const { left, top } = svg.getBoundingClientRect();
    tell(at([clientX - left, clientY - top]));
  });
  svg.addEventListener('pointerleave', () => {
    tell(undefined);
  });
}
