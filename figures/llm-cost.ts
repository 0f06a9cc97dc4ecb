import type { Layer } from '../src/figure/figure.js';
import { estimateColumns, labelMark, onlyLayer, scheduleChannels } from '../src/figure/layers.js';
import { ink, lookOf } from '../src/figure/theme.js';
import { significant } from '../src/base/text.js';
import { overheadOf, type OverheadRow } from '../src/study/overhead.js';
import { comparisons } from '../src/study/plan.js';
import type { Estimate } from '../src/base/statistics.js';
import { comparisonTitles, llmDrawing, schedulesOf, setting } from './llm.js';

const exact = (mean: number): Estimate => ({ mean, ci95: null });
const panels = [
  { title: 'time of a step / Sequential', cost: ({ time }: OverheadRow) => time },
  { title: 'tensor memory / Sequential', cost: ({ memory }: OverheadRow) => exact(memory) },
] as const;

/** Time and memory of every schedule over those of Sequential. */
export const llmCostFigure = llmDrawing('llm-cost', (results) => {
  const text = 'What each schedule costs';
  const overheads = overheadOf(results.settings.scale.steps, results.cost);
  const rows = panels.flatMap(({ title, cost }) =>
    overheads.map((row) => ({
      ...{ layer: 'bar', comparison: row.comparison, panel: title, schedule: lookOf(row.schedule).label },
      ...columnsOf(cost(row)),
    })),
  );
  const keys = schedulesOf(results);
  const { color } = scheduleChannels(keys);
  const order = keys.map((key) => lookOf(key).label);
  return {
    title: text,
    caption:
      'The mean time of a step and the most memory that tensors take, over those of Sequential (dotted), all λ and all splits ' +
      `taken together. The work by definition: ${workOf(overheads)}.`,
    rows,
    spec: {
      title: { text, subtitle: `${setting(results)}; mean and, of times, 95 % interval` },
      vconcat: comparisons.map((comparison) => ({
        title: {
          text: comparisonTitles[comparison],
          fontSize: 14,
          fontWeight: 400,
          anchor: 'middle' as const,
          offset: 8,
        },
        spacing: 22,
        hconcat: panels.map(({ title }, i) => ({
          title: {
            ...{ text: title, fontSize: 13, fontWeight: 400, offset: 8 },
            ...{ anchor: 'start' as const, frame: 'group' as const },
          },
          width: 230,
          height: 150,
          transform: onlyLayer('bar', { comparison, panel: title }),
          encoding: {
            y: {
              field: 'schedule',
              type: 'nominal' as const,
              sort: order,
              axis: i === 0 ? { title: null, ticks: false, domain: false, labelPadding: 8, minExtent: 145 } : null,
            },
            x: {
              field: 'mean',
              type: 'quantitative' as const,
              scale: {
                domain: [0, 1.35 * Math.max(...rows.filter((row) => row.panel === title).map(({ high }) => high))],
                nice: false,
              },
              axis: { title: null, tickCount: 3, grid: true },
            },
          },
          layer: [
            { mark: { type: 'bar' as const, height: { band: 0.68 } }, encoding: { color: { ...color, legend: null } } },
            {
              mark: { type: 'rule' as const, strokeWidth: 1.5 },
              encoding: { x: { field: 'low' }, x2: { field: 'high' } },
            },
            atOne,
            {
              mark: { ...labelMark, align: 'left' as const, dx: 6 },
              encoding: {
                x: { field: 'labelAt', type: 'quantitative' as const },
                text: { field: 'mean', format: '.3~r' },
              },
            },
          ],
        })),
      })),
    },
  };
});

/** A cost's columns, and where its number stands: behind the bar, and behind the line at 1. */
function columnsOf(cost: Estimate) {
  const columns = estimateColumns(cost);
  return { ...columns, labelAt: Math.max(columns.high, 1) };
}

/** Gradients and loss evaluations per step of every schedule, in words; they are the same in both comparisons. */
function workOf(overheads: readonly OverheadRow[]): string {
  const schedules = [...new Map(overheads.map((row) => [lookOf(row.schedule).label, row])).entries()];
  const texts = schedules.map(([label, { gradientsPerStep, evaluationsPerStep }]) => {
    const evaluations = evaluationsPerStep > 0 ? ` and ${significant(evaluationsPerStep, 2)} loss evaluations` : '';
    return `${label} takes ${significant(gradientsPerStep, 2)} gradients${evaluations} a step`;
  });
  return texts.join(', ');
}

/** Where a schedule costs what Sequential does. */
const atOne: Layer = {
  mark: { type: 'rule', color: ink.text, strokeDash: [1.5, 3], strokeWidth: 1.3 },
  encoding: { x: { datum: 1 }, y: { value: 0 }, y2: { value: 'height' } },
};
