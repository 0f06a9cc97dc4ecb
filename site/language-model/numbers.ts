import { mean, median } from '../../src/base/statistics.js';
import { lookSwatch } from '../chart/swatch.js';
import { explained } from '../frame/explained.js';
import type { Side, TakenStep } from './plots.js';
import type { HeldModel, StepReport } from './protocol.js';
import { choiceWords } from './replay.js';

/** A step that was taken, with what it cost where that was measured. */
export type ToldStep = TakenStep & Partial<StepReport>;

/** The table of what both models do and cost: rows of names and of each model's value. */
export function numbersHtml(sides: readonly Side<ToldStep>[]): string {
  const heads = sides.map(
    ({ key, look }) =>
      `<th scope="col" data-schedule="${key}"><span class="look">${lookSwatch(look)}<span>${explained(look.label)}</span></span></th>`,
  );
  const body = rows.map(
    ([name, text]) =>
      `<tr><th scope="row">${explained(name)}</th>${sides.map((side) => `<td data-schedule="${side.key}">${text(side)}</td>`).join('')}</tr>`,
  );
  return `<thead><tr><td></td>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody>`;
}

const rows: readonly (readonly [string, (side: Side<ToldStep>) => string])[] = [
  ['steps', ({ steps }) => String(steps.length)],
  [
    'last step on',
    ({ steps }) => {
      const last = steps.at(-1);
      return last === undefined ? '–' : choiceWords(last.choice);
    },
  ],
  ['f_SFT', ({ losses }) => digits(losses.at(-1)?.sft)],
  ['f_DPO', ({ losses }) => digits(losses.at(-1)?.dpo)],
  ['preferred reply likelier', ({ losses }) => percent(losses.at(-1)?.accuracy)],
  ['time a step, median', ({ steps }) => unit(median(steps.map(({ milliseconds = NaN }) => milliseconds)), 'ms')],
  ['work a step', ({ steps }) => unit(mean(steps.map(({ operations = NaN }) => operations)) / 1e6, 'MFLOP')],
  ['speed', ({ steps }) => unit(total(steps, 'operations') / total(steps, 'milliseconds') / 1e6, 'GFLOP/s')],
  [
    'memory of tensors, both models',
    ({ steps }) => unit(Math.max(...steps.map(({ tensorBytes = NaN }) => tensorBytes)) / 1e6, 'MB'),
  ],
];

/** A model's size in words: what of it is trained, and what is held in a type of half the size. */
export function heldWords({ parameters, adapter, halves }: HeldModel): string {
  const count = (number: number): string => number.toLocaleString('en');
  if (adapter === undefined) return `${count(parameters)} parameters, all of them trained.`;
  const held = halves === undefined ? 'all in float32' : `${count(halves.parameters)} of them in ${halves.type}`;
  return `${count(parameters)} parameters, ${held}, which both share; each trains ${count(adapter)} of its own (LoRA).`;
}

/** A loss to four digits. */
export function digits(value: number | undefined): string {
  return value === undefined ? '–' : value.toPrecision(4);
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(100 * value)} %`;
}

function unit(value: number, name: string): string {
  return Number.isFinite(value) ? `${value.toPrecision(3)} ${name}` : '–';
}

function total(steps: readonly ToldStep[], name: 'operations' | 'milliseconds'): number {
  return steps.reduce((sum, step) => sum + (step[name] ?? NaN), 0);
}
