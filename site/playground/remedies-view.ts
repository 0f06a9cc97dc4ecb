import { shortNumber, significant } from '../../src/base/text.js';
import { lookOf, looks, type Look } from '../../src/figure/theme.js';
import { variants } from '../../src/schedule/key.js';
import { directLabels, joined } from '../chart/direct-labels.js';
import {
  frontNames,
  levelLine,
  objectiveSpace,
  reachedRegion,
  spaceAxes,
  spaceLine,
} from '../chart/objective-space.js';
import { canvas, clipped, px, stroke, symbol, uniqueName } from '../chart/plot.js';
import { explained } from '../frame/explained.js';
import type { DrawnRemedy } from './protocol.js';
import { remedyList } from './remedy-list.js';
import type { Shown, PageView } from './shown.js';
import type { State } from './state.js';

/** How a remedy is drawn: as its schedule, where it is one that figures know. */
export function lookOfRemedy(name: string): Look {
  const variant = Object.values(variants).find(({ schedule }) => schedule === name);
  return variant === undefined ? lookOf(name) : looks[variant.key];
}

/** What a remedy is called. */
export function labelOfRemedy(name: string): string {
  return remedyList.find((one) => one.name === name)?.label ?? name;
}

/** The remedies in objective space: the certified front, each one's curve, and the point that it ends at; a table of them. */
export function remediesView(host: HTMLElement, table?: HTMLElement): PageView {
  let last: Shown | undefined;
  const { svg, width, height, rem } = canvas(host, () => {
    if (last !== undefined) draw(last);
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Remedies in objective space');

  function draw(shown: Shown): void {
    last = shown;
    const { scene, theory, state, remedies } = shown;
    if (scene === undefined || theory === undefined || width() === 0) return;
    if (table !== undefined) drawTable(table, shown);
    svg.setAttribute('aria-label', spoken(remedies));
    svg.innerHTML = remediesPicture(
      { width: width(), height: height(), rem: rem() },
      { remedies, lambda: state.lambda, front: theory.front, landmarks: scene.referenceOptima },
    );
  }
  return { draw };
}

/** What the picture of remedies is made of. */
export interface RemediesPicture {
  readonly remedies: readonly DrawnRemedy[];
  readonly lambda: number;
  readonly front: Shown['theory'] extends infer Theory | undefined
    ? Extract<Theory, { front: unknown }>['front']
    : never;
  readonly landmarks: NonNullable<Shown['scene']>['referenceOptima'];
}

/** The picture of remedies in objective space, as the inside of an SVG. */
export function remediesPicture(
  size: { readonly width: number; readonly height: number; readonly rem: number },
  { remedies, lambda, front, landmarks }: RemediesPicture,
): string {
  const { rem } = size;
  const ideal = { dpo: landmarks.dpo.value, sft: landmarks.sft.value };
  const ends = remedies.flatMap(({ name, limit }) => (limit === undefined ? [] : [{ name, limit }]));
  const space = objectiveSpace(size, ideal, [...front, ...ends.map(({ limit }) => limit)]);
  const { area, x, y } = space;
  const clip = uniqueName('remedies-clip');
  const optimum = landmarks.weightedSum;
  const curves = remedies.map(
    ({ name, curve }) =>
      `<path class="remedy" data-remedy="${name}" d="${spaceLine(space, curve)}" ${stroke(lookOfRemedy(name), 0.13 * rem)}/>`,
  );
  const marks = ends.map(({ name, limit }) =>
    symbol(lookOfRemedy(name), x(limit.sft), y(limit.dpo), 0.36 * rem, `data-remedy="${name}"`),
  );
  const arm = 0.3 * rem;
  const cross = (left: number, top: number): string =>
    `<path class="mark" d="M${px(left - arm)},${px(top)}h${px(2 * arm)}M${px(left)},${px(top - arm)}v${px(2 * arm)}"/>`;
  const labels = [
    ...joined(
      [
        ...ends.map(({ name, limit }) => ({
          text: labelOfRemedy(name),
          x: x(limit.sft),
          y: y(limit.dpo),
          shows: `data-remedy="${name}"`,
        })),
        { text: 'θ*_λ', x: x(optimum.sft), y: y(optimum.dpo) },
      ],
      0.5 * rem,
      // The longest first, for which there are the fewest places.
    ).sort((one, other) => other.text.length - one.text.length),
    { text: 'ideal point', x: x(ideal.sft), y: y(ideal.dpo) },
    ...frontNames(space, front, lambda, optimum),
  ];
  const [line, level] = [spaceLine(space, front), levelLine(space, lambda, optimum)];
  return `${spaceAxes(space, rem)}
    ${clipped(clip, area)}
    <g clip-path="url(#${clip})">
      <path class="feasible" d="${reachedRegion(space, front)}"/>
      <path class="level" d="${level}"/>
      <path class="front" d="${line}"/>
      ${curves.join('')}${cross(x(ideal.sft), y(ideal.dpo))}${marks.join('')}
    </g>
    ${directLabels(labels, area, 0.78 * rem, { lines: [line, level] })}`;
}

function spoken(remedies: readonly DrawnRemedy[]): string {
  const ends = remedies.flatMap(({ name, limit }) =>
    limit === undefined ? [] : [`${labelOfRemedy(name)}: gap ${significant(limit.gap, 2)}`],
  );
  return `Remedies in objective space, with the certified Pareto front. ${ends.join('; ')}`;
}

/** The remedies by the gap of their limits, each as `forgetting remedies` has it. */
function drawTable(table: HTMLElement, { remedies, scene, state }: Shown): void {
  // Only distributions have a distance in nats.
  const measures = (['normalizedIdealDistance', 'forgettingKl'] as const).filter((measure) =>
    remedies.some(({ limit }) => limit?.scaleFree[measure] !== undefined),
  );
  const columns = ['parameter', 'gap', 'forgotten', ...measures] as const;
  const sorted = [...remedies].sort((a, b) => (a.limit?.gap ?? Infinity) - (b.limit?.gap ?? Infinity) || 0);
  const rows = sorted.map((remedy) => {
    const { name, value, chosen, limit, reason } = remedy;
    const symbolOf = remedyList.find((one) => one.name === name)?.symbol ?? '';
    const parameter = value === undefined ? '–' : `${symbolOf} = ${parameterText(value)}`;
    const cells =
      limit === undefined
        ? `<td colspan="${columns.length}" class="reason">${reason ?? ''}</td>`
        : [
            `${parameter}<small>${chosenWords[chosen]}</small>`,
            shortNumber(limit.gap),
            scene === undefined ? '' : shortNumber(Math.max(0, limit.sft - scene.referenceOptima.sft.value)),
            ...measures.map((measure) => {
              const found = limit.scaleFree[measure];
              return found === undefined ? '–' : shortNumber(found);
            }),
          ]
            .map((text, i) => `<td data-measure="${columns[i]}">${text}</td>`)
            .join('');
    return `<tr data-remedy="${name}"><th scope="row">${mark(name)}${explained(labelOfRemedy(name))}</th>${cells}</tr>`;
  });
  table.innerHTML = `<thead><tr><td></td>${columns.map((name) => `<th scope="col">${explained(headings[name])}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody>`;
  table.dataset.lambda = String(state.lambda);
}

const headings = {
  parameter: 'parameter',
  gap: 'gap',
  forgotten: 'SFT lost',
  normalizedIdealDistance: 'norm. ideal distance',
  forgettingKl: 'forgetting KL',
};

function parameterText(value: unknown): string {
  return typeof value === 'number' ? shortNumber(value) : typeof value === 'string' ? value : JSON.stringify(value);
}

const chosenWords = { theory: 'by theory', given: 'by convention', hindsight: 'best in hindsight' } as const;

function mark(name: string): string {
  const look = lookOfRemedy(name);
  return `<svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true"><path d="M0,8H34" fill="none" ${stroke(look, 2.2)}/>${symbol(look, 17, 8, 4.6)}</svg>`;
}

/** Fills a list with a box for every remedy. */
export function remedyPicker(
  host: HTMLElement,
  changed: (change: (state: State) => State) => void,
): (state: State) => void {
  host.innerHTML = remedyList
    .map(
      ({ name, label, description }) =>
        `<li><label title="${description}"><input type="checkbox" value="${name}">${mark(name)}<span>${label}</span></label></li>`,
    )
    .join('');
  const boxes = [...host.querySelectorAll('input')];
  for (const box of boxes) {
    box.addEventListener('change', () => {
      const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
      changed((state) => ({ ...state, remedies: chosen }));
    });
  }
  return ({ remedies }) => {
    for (const box of boxes) box.checked = remedies.includes(box.value);
  };
}
