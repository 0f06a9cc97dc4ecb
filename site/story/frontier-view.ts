import { directLabels } from '../chart/direct-labels.js';
import {
  frontNames,
  levelLine,
  objectiveSpace,
  reachedRegion,
  spaceAxes,
  spaceLine,
  type ObjectiveSpace,
} from '../chart/objective-space.js';
import { canvas, clipped, px, uniqueName } from '../chart/plot.js';
import { hoveredInSpace, nearestOnFront, watchPointer } from '../playground/hovered.js';
import type { Hovered, Shown, PageView } from '../playground/shown.js';

/** A point of objective space that is marked and named. */
export interface MarkedPoint {
  readonly dpo: number;
  readonly sft: number;
  readonly name: string;
  readonly colour?: string;
}

/** What objective space shows besides the front, the tangent and the ideal point. */
interface FrontierOptions {
  /** Other points to mark. */
  readonly marked?: (shown: Shown) => readonly MarkedPoint[];
  /** A point whose gap is drawn: the distance from the tangent to its parallel through the point. */
  readonly distance?: (shown: Shown) => (MarkedPoint & { readonly gap: string }) | undefined;
  /** Told what point of the front the pointer is on. */
  readonly hover?: (hovered: Hovered | undefined) => void;
}

/** Objective space with the front, the tangent at θ*_λ, and the ideal point. */
export function frontierView(
  host: HTMLElement,
  { marked = () => [], distance: drawnDistance, hover }: FrontierOptions = {},
): PageView {
  let last: Shown | undefined;
  let shownSpace: ObjectiveSpace | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Objective space: f_SFT across, f_DPO up, and the Pareto front');
  const clip = uniqueName('frontier-clip');
  if (hover !== undefined) {
    const at = (place: readonly [number, number]): Hovered | undefined =>
      last === undefined || shownSpace === undefined ? undefined : nearestOnFront(last, shownSpace, place, 1.5 * rem());
    watchPointer(svg, at, hover);
  }

  function draw(shown: Shown): void {
    last = shown;
    const { scene, theory, state } = shown;
    if (scene === undefined || theory === undefined || width() === 0) return;
    const { dpo, sft, weightedSum } = scene.referenceOptima;
    const ideal = { dpo: dpo.value, sft: sft.value };
    const points = marked(shown);
    const far = drawnDistance?.(shown);
    const size = { width: width(), height: height(), rem: rem() };
    const space = objectiveSpace(size, ideal, [...theory.front, ...points, ...(far === undefined ? [] : [far])]);
    shownSpace = space;
    const { area, x, y } = space;
    const r = 0.32 * rem();
    const disc = (point: { dpo: number; sft: number }, colour = 'var(--ink)'): string =>
      `<circle class="point" cx="${px(x(point.sft))}" cy="${px(y(point.dpo))}" r="${px(r)}" style="fill:${colour}"/>`;
    const cross = `<path class="mark" d="M${px(x(ideal.sft) - r)},${px(y(ideal.dpo))}h${px(2 * r)}M${px(x(ideal.sft))},${px(y(ideal.dpo) - r)}v${px(2 * r)}"/>`;
    const distance = far === undefined ? undefined : gapArrow(space, state.lambda, weightedSum, far, rem());
    const level = levelLine(space, state.lambda, weightedSum);
    const farLevel = far === undefined ? '' : levelLine(space, state.lambda, far);
    const front = spaceLine(space, theory.front);
    svg.innerHTML = `${spaceAxes(space, rem())}${clipped(clip, area)}
      <g clip-path="url(#${clip})">
        <path class="feasible" d="${reachedRegion(space, theory.front)}"/>
        <path class="level" d="${level}"/>
        <path class="level far" d="${farLevel}"/>
        <path class="front" d="${front}"/>
        ${cross}${distance === undefined ? '' : `<path class="distance" d="${distance.line}"/>`}
        ${points.map((point) => disc(point, point.colour)).join('')}${far === undefined ? '' : disc(far, far.colour)}${disc(weightedSum)}${hoveredInSpace(shown, space, rem())}
      </g>
      ${directLabels(
        [
          { text: 'θ*_λ', x: x(weightedSum.sft), y: y(weightedSum.dpo), name: 'strong' },
          { text: 'ideal point', x: x(ideal.sft), y: y(ideal.dpo) },
          ...(far === undefined ? [] : [{ text: far.name, x: x(far.sft), y: y(far.dpo) }]),
          ...(far === undefined || distance === undefined
            ? []
            : [{ text: far.gap, x: distance.x, y: distance.y, name: 'strong' }]),
          ...points.map((point) => ({ text: point.name, x: x(point.sft), y: y(point.dpo) })),
          ...frontNames(space, theory.front, state.lambda, weightedSum),
        ],
        area,
        0.8 * rem(),
        { lines: [front, level, farLevel, distance?.line ?? ''] },
      )}`;
  }
  return { draw };
}

/** The arrow from the tangent to its parallel through a point, in pixels at a right angle to both. */
function gapArrow(
  { area, x, y }: Parameters<typeof spaceLine>[0],
  lambda: number,
  at: { readonly dpo: number; readonly sft: number },
  far: { readonly dpo: number; readonly sft: number },
  rem: number,
): { line: string; x: number; y: number } {
  // The normal of a line λ f_DPO + (1 − λ) f_SFT = constant, in pixels.
  const [perSft, perDpo] = [x(1) - x(0), y(1) - y(0)];
  const normal = [(1 - lambda) / perSft, lambda / perDpo];
  const gap = lambda * (far.dpo - at.dpo) + (1 - lambda) * (far.sft - at.sft);
  const length = gap / (normal[0] ** 2 + normal[1] ** 2);
  const to = [x(far.sft), y(far.dpo)];
  // From the point back to the tangent; where that leaves the picture, the arrow is moved along the lines.
  const from = [to[0] - length * normal[0], to[1] - length * normal[1]];
  const over = Math.max(0, from[1] - (area.bottom - 0.4 * rem));
  const [alongX, alongY] = [-normal[1], normal[0]];
  const shift = over === 0 || alongY === 0 ? 0 : -over / alongY;
  const [ax, ay, bx, by] = [
    from[0] + shift * alongX,
    from[1] + shift * alongY,
    to[0] + shift * alongX,
    to[1] + shift * alongY,
  ];
  return {
    line: `M${px(ax)},${px(ay)}L${px(bx)},${px(by)}`,
    x: (ax + bx) / 2,
    y: (ay + by) / 2,
  };
}
