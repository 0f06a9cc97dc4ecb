import { lossWords } from '../../src/advice/loss-words.js';
import { htmlText } from '../../src/figure/scripts.js';
import { textAbove, textBelow } from '../../src/base/outward-text.js';
import { shortNumber, significant } from '../../src/base/text.js';
import { directLabels } from '../chart/direct-labels.js';
import { objectiveSpace, reachedRegion, spaceAxes, spaceLine, type ObjectiveSpace } from '../chart/objective-space.js';
import { canvas, clipped, px, uniqueName } from '../chart/plot.js';
import type { DrawnChoice, DrawnFront, DrawnFrontPoint, Silence } from './protocol.js';
import type { Shown, PageView } from './shown.js';
import type { State } from './state.js';

/** The front to go along: λ by dragging the point on it, a budget for SFT by dragging the line. */
export function frontView(
  host: HTMLElement,
  words: HTMLElement | undefined,
  change: (change: (state: State) => State, shown: Shown) => void,
): PageView {
  let last: Shown | undefined;
  const changed = (to: (state: State) => State): void => {
    if (last !== undefined) change(to, last);
  };
  let space: ObjectiveSpace | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'The enclosed Pareto front, with the point of λ and the line of a budget');
  svg.innerHTML = `<g class="backdrop"></g><g class="handles">
    <g class="handle budget" data-handle="budget" role="slider" tabindex="0" aria-valuenow="0" aria-label="Budget: how much SFT may lose. Arrow keys move it"><title>Drag the budget; or use the arrow keys.</title><path class="line"/><path class="target"/><path class="grip"/></g>
    <g class="handle along" data-handle="lambda" role="slider" tabindex="0" aria-valuenow="0" aria-label="λ: the point of the front. Arrow keys move it" aria-valuemin="0" aria-valuemax="1"><title>Drag along the front; or use the arrow keys.</title><circle class="target"/><path class="grip"/></g></g>`;
  const backdrop = svg.querySelector('.backdrop');
  const budget = svg.querySelector<SVGGElement>('[data-handle=budget]');
  const along = svg.querySelector<SVGGElement>('[data-handle=lambda]');

  function draw(shown: Shown): void {
    last = shown;
    const { scene, theory, state, front, choice } = shown;
    if (backdrop === null || width() === 0) return;
    svg.toggleAttribute('data-empty', front === undefined || 'reason' in front);
    if (front === undefined || 'reason' in front) {
      // What stood here was of another problem.
      if (words !== undefined) words.textContent = front?.reason ?? '';
      backdrop.innerHTML = '';
      return;
    }
    if (scene === undefined || theory === undefined) return;
    const ideal = { dpo: scene.referenceOptima.dpo.value, sft: scene.referenceOptima.sft.value };
    space = objectiveSpace({ width: width(), height: height(), rem: rem() }, ideal, theory.front);
    backdrop.innerHTML = frontPicture(space, { front, choice, points: theory.front, knee: front.knee }, rem());
    place(shown, space, front);
    if (words !== undefined) words.innerHTML = sentence(state, scene.referenceOptima.weightedSum, front, choice);
  }

  function place({ state, scene, choice }: Shown, { area, x, y }: ObjectiveSpace, front: DrawnFront): void {
    if (scene === undefined || budget === null || along === null) return;
    const limit = budgetOf(state, front, choice);
    const left = x(front.leastSft + limit);
    const middle = (area.top + area.bottom) / 2;
    const r = 0.36 * rem();
    budget.setAttribute('transform', `translate(${px(left)},0)`);
    budget.setAttribute('aria-valuenow', significant(limit, 3));
    budget.setAttribute('aria-valuemin', '0');
    budget.setAttribute('aria-valuemax', significant(front.mostForgotten, 3));
    budget.setAttribute('aria-valuetext', `at most ${significant(limit, 3)} ${lossWords(front.kind).of('sft')} lost`);
    budget.querySelector('.line')?.setAttribute('d', `M0,${px(area.top)}V${px(area.bottom)}`);
    budget
      .querySelector('.target')
      ?.setAttribute('d', `M${px(-rem())},${px(area.top)}h${px(2 * rem())}V${px(area.bottom)}h${px(-2 * rem())}Z`);
    budget
      .querySelector('.grip')
      ?.setAttribute('d', `M${px(-r)},${px(middle - 2 * r)}h${px(2 * r)}v${px(4 * r)}h${px(-2 * r)}Z`);
    const { dpo, sft } = scene.referenceOptima.weightedSum;
    along.setAttribute('transform', `translate(${px(x(sft))},${px(y(dpo))})`);
    along.setAttribute('aria-valuenow', String(state.lambda));
    along.setAttribute('aria-valuetext', `λ ${state.lambda}`);
    along.querySelector('circle')?.setAttribute('r', px(1.2 * rem()));
    along
      .querySelector('.grip')
      ?.setAttribute(
        'd',
        `M${px(-r)},0a${px(r)},${px(r)} 0 1,0 ${px(2 * r)},0a${px(r)},${px(r)} 0 1,0 ${px(-2 * r)},0Z`,
      );
  }

  const drags: readonly (readonly [
    SVGGElement | null,
    (at: readonly [number, number]) => void,
    (by: number) => void,
  ])[] = [
    [
      budget,
      ([left]) => {
        const front = last?.front;
        if (space === undefined || front === undefined || 'reason' in front) return;
        setBudget(space.x.invert(left) - front.leastSft, front);
      },
      (by) => {
        if (last === undefined || last.front === undefined || 'reason' in last.front) return;
        setBudget(budgetOf(last.state, last.front, last.choice) + (by * last.front.mostForgotten) / 100, last.front);
      },
    ],
    [
      along,
      (at) => {
        if (space === undefined || last?.theory === undefined) return;
        const lambda = nearestLambda(space, last.theory.front, at);
        changed((state) => ({ ...state, lambda }));
      },
      (by) => {
        changed((state) => ({ ...state, lambda: thousandths(state.lambda + 0.01 * by) }));
      },
    ],
  ];
  for (const [element, drag, nudge] of drags) {
    if (element === null) continue;
    let held = false;
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      held = true;
    });
    element.addEventListener('pointermove', ({ clientX, clientY }) => {
      if (!held) return;
      const { left, top } = svg.getBoundingClientRect();
      drag([clientX - left, clientY - top]);
    });
    for (const end of ['pointerup', 'pointercancel']) {
      element.addEventListener(end, () => {
        held = false;
      });
    }
    element.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      nudge(by * (event.shiftKey ? 5 : 1));
    });
  }

  function setBudget(value: number, { mostForgotten }: DrawnFront): void {
    const within = Math.min(mostForgotten, Math.max(0, value));
    // Three digits can be read, and stay in the range.
    const digits = Number(within.toPrecision(3));
    const forgetAtMost = digits > mostForgotten ? mostForgotten : digits;
    changed((state) => ({ ...state, forgetAtMost }));
  }
  return { draw };
}

/** The budget that the line shows: as the state has it, or what was taken where it says none. */
function budgetOf({ forgetAtMost }: State, front: DrawnFront, choice: Shown['choice']): number {
  const chosen = choice === undefined || 'reason' in choice ? 0.1 * front.mostForgotten : choice.forgetAtMost;
  return Math.min(front.mostForgotten, forgetAtMost ?? chosen);
}

/** The two polygons, the points that were solved for, and the point within the budget. */
export function frontPicture(
  space: ObjectiveSpace,
  parts: {
    readonly front: DrawnFront;
    readonly choice: DrawnChoice | Silence | undefined;
    readonly points: readonly DrawnFrontPoint[];
    readonly knee: DrawnFront['knee'];
  },
  rem: number,
): string {
  const { area, x, y } = space;
  const { front, choice, points, knee } = parts;
  const clip = uniqueName('front-clip');
  const pairs = (chain: DrawnFront['inner']): { dpo: number; sft: number }[] =>
    chain.map(([dpo, sft]) => ({ dpo, sft }));
  const inner = pairs(front.inner);
  const solved = inner.map(({ dpo, sft }) => `M${px(x(sft))},${px(y(dpo))}h0`).join('');
  const found = choice !== undefined && !('reason' in choice) ? choice : undefined;
  const chosen =
    found === undefined
      ? ''
      : `<path class="chosen" d="M${px(x(found.sft) - 0.34 * rem)},${px(y(found.dpo.upper))}h${px(0.68 * rem)}M${px(x(found.sft))},${px(y(found.dpo.upper) - 0.34 * rem)}v${px(0.68 * rem)}"/>`;
  const [innerLine, outerLine] = [spaceLine(space, inner), spaceLine(space, pairs(front.outer))];
  return `${spaceAxes(space, rem)}
    ${clipped(clip, area)}
    <g clip-path="url(#${clip})">
      <path class="feasible" d="${reachedRegion(space, points)}"/>
      <path class="outer" d="${outerLine}"/>
      <path class="inner" d="${innerLine}"/>
      <path class="solved" d="${solved}" stroke-width="${px(0.3 * rem)}"/>
      ${chosen}
    </g>
    ${directLabels(
      [
        ...(found === undefined ? [] : [{ text: 'within the budget', x: x(found.sft), y: y(found.dpo.upper) }]),
        ...(knee === undefined ? [] : [{ text: 'knee', x: x(knee.sft), y: y(knee.dpo) }]),
      ],
      area,
      0.78 * rem,
      { lines: [innerLine] },
    )}`;
}

/** The λ of the point of the front nearest to a point of the picture. */
function nearestLambda(
  { x, y }: ObjectiveSpace,
  front: readonly DrawnFrontPoint[],
  [left, top]: readonly [number, number],
): number {
  let [best, least] = [0.5, Infinity];
  front.slice(1).forEach((to, i) => {
    const from = front[i];
    const [ax, ay] = [x(from.sft), y(from.dpo)];
    const [dx, dy] = [x(to.sft) - ax, y(to.dpo) - ay];
    const length = dx * dx + dy * dy;
    const share = length > 0 ? Math.min(1, Math.max(0, ((left - ax) * dx + (top - ay) * dy) / length)) : 0;
    const distance = Math.hypot(left - ax - share * dx, top - ay - share * dy);
    if (distance < least) [best, least] = [from.lambda + share * (to.lambda - from.lambda), distance];
  });
  return thousandths(best);
}

function thousandths(lambda: number): number {
  return Math.round(1000 * Math.min(1, Math.max(0, lambda))) / 1000;
}

/** What the budget buys, in a sentence whose numbers are those of `forgetting front`. */
function sentence(
  { lambda }: State,
  at: { readonly dpo: number; readonly sft: number },
  front: DrawnFront,
  choice: DrawnChoice | Silence | undefined,
): string {
  const here = `At λ = ${lambda}: f<sub>SFT</sub> ${shortNumber(at.sft)}, f<sub>DPO</sub> ${shortNumber(at.dpo)}; ${exchange(lambda / (1 - lambda), front)}.`;
  const enclosed = `The polygons are ${textAbove(front.error)} of the ranges apart, after ${front.solves} solves.`;
  if (choice === undefined) return `<p>${here}</p><p>${enclosed}</p>`;
  if ('reason' in choice) return `<p class="refusal">${choice.reason}</p><p>${here}</p>`;
  const {
    lambda: [low, high],
    dpo,
    forgetAtMost,
    exchangeRate,
  } = choice;
  const rates = [low, high].map((one) => -one / (1 - one));
  return `<p class="choice">With at most <strong>${shortNumber(forgetAtMost)}</strong> ${htmlText(lossWords(front.kind).of('sft'))} lost, the least f<sub>DPO</sub> is
    between <span data-number="dpo-lower">${textBelow(dpo.lower)}</span> and <span data-number="dpo-upper">${textAbove(dpo.upper)}</span>: choose λ in [<span data-number="lambda-low">${textBelow(low)}</span>, <span data-number="lambda-high">${textAbove(high)}</span>].
    There the exchange rate is in [<span data-number="rate-low">${textBelow(rates[1])}</span>, <span data-number="rate-high">${textAbove(rates[0])}</span>]: ${exchange(-exchangeRate, front)}.</p>
    <p>${here}</p><p>${enclosed}</p>`;
}

function exchange(rate: number, { kind }: DrawnFront): string {
  const { of, one } = lossWords(kind);
  return rate === Infinity
    ? 'DPO alone counts'
    : htmlText(`one ${one('dpo')} costs ${significant(rate, 3)} ${of('sft')}`);
}
