import { directLabels, joined } from '../chart/direct-labels.js';
import { linear, linePath, px, stroke, symbol, type PlotArea } from '../chart/plot.js';
import { headNames } from './landscape-marks.js';
import type { Scene } from './protocol.js';
import { lookIn, reached, shownEnsembles, type Shown } from './shown.js';

/** d = 1: both objectives and F_λ as curves over θ, and below them the runs, time going down. */
export function line(shown: Shown, scene: Scene, area: PlotArea, rem: number): string {
  const { state, progress } = shown;
  const { dpo, sft, columns } = scene.field;
  const x = linear(scene.window.x, [area.left, area.right]);
  const middle = area.top + 0.56 * (area.bottom - area.top);
  const { lambda } = state;
  const { dpo: bestDpo, sft: bestSft } = scene.referenceOptima;
  const curves = {
    sft: Array.from(sft, (value) => value + bestSft.value),
    dpo: Array.from(dpo, (value) => value + bestDpo.value),
    sum: Array.from(dpo, (value, i) => lambda * (value + bestDpo.value) + (1 - lambda) * (sft[i] + bestSft.value)),
  };
  const top = Math.max(...curves.sum) * 1.1;
  const lowest = Math.min(bestDpo.value, bestSft.value);
  const y = linear([lowest, top], [middle - 0.6 * rem, area.top + rem]);
  const at = (column: number): number =>
    x(scene.window.x[0] + (column / (columns - 1)) * (scene.window.x[1] - scene.window.x[0]));
  const drawn = Object.entries(curves).map(([name, values]) => {
    const d = linePath(columns, (i) => [at(i), y(values[i])]);
    return { d, path: `<path class="curve ${name}" d="${d}"/>` };
  });
  const time = linear([0, state.steps], [middle + 1.2 * rem, area.bottom - 1.2 * rem]);
  const runs = shownEnsembles(shown);
  const trails = runs.map(([key, { path, steps }]) => {
    const last = reached({ steps }, progress);
    const d = linePath(last + 1, (i) => [x(path[2 * i]), time(steps[i])]);
    return `<path class="trail" data-schedule="${key}" d="${d}" ${stroke(lookIn(state, key), 0.12 * rem)}/>
      ${symbol(lookIn(state, key), x(path[2 * last]), time(steps[last]), 0.36 * rem, `data-schedule="${key}"`)}`;
  });
  const marks = [
    ['sft', 'SFT'],
    ['dpo', 'DPO'],
    ['weightedSum', 'θ*_λ'],
    ['chebyshev', 'θ°'],
  ] as const;
  const placeOf = (name: (typeof marks)[number][0]): number => x(scene.referenceOptima[name].point[0]);
  const rules = marks.map(
    ([name]) => `<path class="rule ${name}" d="M${px(placeOf(name))},${px(area.top + rem)}V${px(area.bottom - rem)}"/>`,
  );
  const names = marks.map(([name, text]) => ({ text, x: placeOf(name), y: middle + 0.3 * rem, name: 'strong' }));
  // Each objective is named where it is as high as there is room, F_λ below them.
  const nameOf = (name: keyof typeof curves, isRight: boolean): { text: string; x: number; y: number }[] => {
    const all = curves[name].map((value, column) => ({ x: at(column), y: y(value) }));
    const found = isRight
      ? all.findLast((place) => place.y > area.top + 1.6 * rem)
      : all.find((place) => place.y > area.top + 1.6 * rem);
    const text = name === 'sum' ? 'F_λ' : `f_${name.toUpperCase()}`;
    return found === undefined ? [] : [{ text, ...found }];
  };
  const risesRight = placeOf('sft') <= placeOf('dpo');
  const ofCurves = [...nameOf('sft', risesRight), ...nameOf('dpo', !risesRight), ...nameOf('sum', risesRight)];
  const heads = headNames(shown, ([first], step) => [x(first), time(step)], area);
  return `${drawn.map(({ path }) => path).join('')}${rules.join('')}${trails.join('')}
    <text class="axis-title" x="${px(area.left + 0.6 * rem)}" y="${px(middle + 2 * rem)}">↓ steps</text>
    ${directLabels([...names, ...ofCurves, ...joined(heads, 0.5 * rem)], area, 0.8 * rem, { lines: drawn.map(({ d }) => d) })}`;
}
