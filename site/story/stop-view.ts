import { directLabels } from '../chart/direct-labels.js';
import { axes, canvas, linear, linePath, px } from '../chart/plot.js';
import type { CurvePoint } from '../../src/remedy/curve.js';
import type { Shown, PageView } from '../playground/shown.js';

/** What the picture of stops shows. */
export interface Stops {
  readonly curve: readonly CurvePoint[];
  readonly stop: number;
  readonly best: number;
  /** The gap of a stage two that runs to its end. */
  readonly limit: number;
}

/** The gap against the step after which stage two is stopped: its least is above zero. */
export function stopView(host: HTMLElement, stops: (shown: Shown) => Stops | undefined): PageView {
  let last: Shown | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'The gap against the step after which stage two is stopped');

  function draw(shown: Shown): void {
    last = shown;
    const found = stops(shown);
    if (found === undefined || width() === 0) return;
    const { curve, stop, best, limit } = found;
    const area = { left: 3 * rem(), right: width() - 0.8 * rem(), top: 1.6 * rem(), bottom: height() - 2.4 * rem() };
    const most = Math.max(...curve.map(({ gap }) => gap));
    const x = linear([0, curve.length - 1], [area.left, area.right]);
    const y = linear([-0.08 * limit, Math.min(most, 1.6 * limit)], [area.bottom, area.top], 4);
    const at = (step: number): { x: number; y: number } => ({ x: x(step), y: y(curve[step]?.gap ?? NaN) });
    const [here, least] = [at(stop), at(best)];
    const r = 0.32 * rem();
    const levels = [0, limit].map((level) => `M${px(area.left)},${px(y(level))}L${px(area.right)},${px(y(level))}`);
    const line = linePath(curve.length, (i) => [x(i), curve[i].gap > 1.6 * limit ? NaN : y(curve[i].gap)]);
    svg.innerHTML = `${axes(area, x, y, { x: 'steps of stage two →', y: '↑ gap F_λ − min F_λ' }, rem())}
      <path class="level" d="${levels[0]}"/>
      <path class="level far" d="${levels[1]}"/>
      <path class="front" d="${line}"/>
      <circle class="point" cx="${px(least.x)}" cy="${px(least.y)}" r="${px(r)}" style="fill:var(--ink)"/>
      ${here.y < area.top ? '' : `<circle class="point" cx="${px(here.x)}" cy="${px(here.y)}" r="${px(r)}" style="fill:var(--accent)"/>`}
      ${directLabels(
        [
          { text: 'the best stop', ...least },
          ...(stop === best ? [] : [{ text: 'stopped here', ...here }]),
          { text: 'Sequential’s limit Δ', x: x(0.55 * (curve.length - 1)), y: y(limit) },
          { text: 'the front', x: x(0.8 * (curve.length - 1)), y: y(0) },
        ],
        area,
        0.8 * rem(),
        { lines: [line, ...levels] },
      )}`;
  }
  return { draw };
}
