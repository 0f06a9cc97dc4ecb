import { significant } from '../../src/base/text.js';
import { axes, canvas, clipped, linear, linePath, px, stroke, symbol, uniqueName } from '../chart/plot.js';
import { cssInk } from '../chart/scheme.js';
import { lineNames, nameRoom } from '../chart/line-names.js';
import { hoveredRun, ring } from './hovered.js';
import { lookIn, nameIn, reached, shownEnsembles, type Shown, type PageView } from './shown.js';
import { stagesOf } from './state.js';
import { paper } from '../../src/schedule/key.js';

/** How far the bracket of what is forgotten stands out of the plot, in rem. */
const bracketRoom = 0.5;

/** The loss of the objective that Sequential trains first, through the second stage: what is learnt, and then forgotten. */
export function forgettingCurveView(host: HTMLElement): PageView {
  let last: Shown | undefined;
  const clip = uniqueName('forgetting-clip');
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Forgetting curve');

  function draw(shown: Shown): void {
    last = shown;
    const { scene, state, progress } = shown;
    const runs = shownEnsembles(shown);
    if (scene === undefined || runs.length === 0 || width() === 0) return;
    const first = forgotten(shown);
    const sequential = first === 'sft' ? paper.sftThenDpo : paper.dpoThenSft;
    const best = scene.referenceOptima[first].value;
    const [before] = stagesOf(state);
    const names = runs.map(([key]) => nameIn(state, key));
    const right = width() - nameRoom(names, rem()) - bracketRoom * rem();
    const area = { left: 3.2 * rem(), right, top: 1.6 * rem(), bottom: height() - 2.4 * rem() };
    const highest = Math.max(
      ...runs.map(([, { curves, steps }]) => {
        const { high, mean } = curves[first];
        let most = 0;
        // The first steps of a run from afar would dwarf everything else.
        steps.forEach((step, i) => {
          if (step >= before / 4) most = Math.max(most, Number.isFinite(high[i]) ? high[i] : mean[i]);
        });
        return most;
      }),
    );
    const span = Math.max(highest - best, 1e-9);
    const x = linear([0, state.steps], [area.left, area.right], Math.min(5, width() / (5 * rem())));
    const y = linear([best - 0.06 * span, highest + 0.12 * span], [area.bottom, area.top], 4);
    const name = `f_${first.toUpperCase()}`;
    const lines = runs.map(([key, { curves, steps }]) => {
      const { mean, low, high } = curves[first];
      const up = linePath(steps.length, (i) => [x(steps[i]), y(high[i])]);
      const down = linePath(steps.length, (i) => [x(steps[steps.length - 1 - i]), y(low[steps.length - 1 - i])]);
      const area =
        up === ''
          ? ''
          : `<path class="band" data-schedule="${key}" fill="${cssInk(lookIn(state, key).colour)}" d="${up}${down.replace('M', 'L')}Z"/>`;
      const line = linePath(steps.length, (i) => [x(steps[i]), y(mean[i])]);
      return `${area}<path class="mean" data-schedule="${key}" d="${line}" ${stroke(lookIn(state, key), 0.13 * rem())}/>`;
    });
    const heads = runs.map(([key, ensemble]) => {
      const at = reached(ensemble, progress);
      return symbol(
        lookIn(state, key),
        x(ensemble.steps[at]),
        y(ensemble.curves[first].mean[at]),
        0.32 * rem(),
        `data-schedule="${key}"`,
      );
    });
    const { lost, text } = loss();
    svg.setAttribute('aria-label', `Forgetting curve: ${name} against steps. ${text}`);
    const hovered = hoveredRun(shown);
    const ringed =
      hovered === undefined
        ? ''
        : ring(x(hovered.run.steps[hovered.at]), y(hovered.run.curves[first].mean[hovered.at]), rem());
    svg.innerHTML = `
      <rect class="second-stage" x="${px(x(before))}" y="${px(area.top)}" width="${px(area.right - x(before))}" height="${px(area.bottom - area.top)}"/>
      ${axes(area, x, y, { x: 'steps →', y: `↑ ${name}` }, rem())}
      ${clipped(clip, area)}
      <g clip-path="url(#${clip})">
        <path class="best" d="M${px(area.left)},${px(y(best))}H${px(area.right)}"/>
        ${lines.join('')}
        ${progress < 1 ? `<path class="now" d="M${px(x(progress * state.steps))},${px(area.top)}V${px(area.bottom)}"/>` : ''}
      </g>
      ${heads.join('')}${ringed}
      ${lineNames(
        names.map((text, i) => {
          const [key, { curves }] = runs[i];
          return { text, y: y(curves[first].mean.at(-1) ?? NaN), shows: `data-schedule="${key}"` };
        }),
        { ...area, right: area.right + bracketRoom * rem() },
        rem(),
      )}
      ${stage('one', x(before) - 0.4 * rem(), x(before) - area.left, 'end')}${stage('two', x(before) + 0.4 * rem(), area.right - x(before), 'start')}
      ${lost}`;

    /** The name of a stage, where there is room for it. */
    function stage(name: string, left: number, room: number, anchor: 'start' | 'end'): string {
      if (room < 4.5 * rem()) return '';
      return `<text class="stage" x="${px(left)}" y="${px(area.top + 0.9 * rem())}" text-anchor="${anchor}">stage ${name}</text>`;
    }

    /** The bracket from what the first stage reached to what the second left of it. */
    function loss(): { lost: string; text: string } {
      const run = runs.find(([key]) => key === sequential);
      if (run === undefined) return { lost: '', text: '' };
      const [, { curves, steps }] = run;
      const { mean } = curves[first];
      const learnt = mean[steps.findIndex((step) => step >= before)];
      const left = mean[mean.length - 1];
      const amount = left - learnt;
      const words = `${amount < 0 ? '−' : '+'}${significant(Math.abs(amount), 3)}`;
      const at = px(area.right - 0.1 * rem());
      // In a narrow second stage the amount alone stands clear of the curve’s rise.
      const isRoomy = area.right - x(before) > 8.5 * rem();
      const bracket =
        amount <= 0.05 * span
          ? ''
          : `<path class="loss" d="M${at},${px(y(learnt))}h${px(bracketRoom * rem())}V${px(y(left))}h${px(-bracketRoom * rem())}"/>
        <text class="loss-label" x="${px(area.right - 0.6 * rem())}" y="${px((y(learnt) + y(left)) / 2)}" text-anchor="end">${isRoomy ? 'forgotten: ' : ''}${words}</text>`;
      return { lost: bracket, text: `Sequential ends ${words} above what its first stage had reached.` };
    }
  }
  return { draw };
}

/** The objective that is trained first: SFT, unless only the other order is shown. */
export function forgotten({ state: { schedules } }: Pick<Shown, 'state'>): 'dpo' | 'sft' {
  return schedules.includes(paper.dpoThenSft) && !schedules.includes(paper.sftThenDpo) ? 'dpo' : 'sft';
}
