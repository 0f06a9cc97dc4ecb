import { remedyBars, type RemedyBar } from '../experiments/remedy-bars.js';
import { drawing } from '../src/figure/drawing.js';
import { labelMark, onlyLayer } from '../src/figure/layers.js';
import { ink, orderedLooks } from '../src/figure/theme.js';
import { significant } from '../src/base/text.js';

/** Parts below this are roundings of 0. */
const least = 1e-9;

const [convention, hindsight, theory] = orderedLooks(3).map(({ colour }) => colour);
const chosenLooks = {
  'by theory, or without a parameter': theory,
  'by convention': convention,
  'best in hindsight': hindsight,
} as const;
type ChosenName = keyof typeof chosenLooks;

const chosenNames: Readonly<Record<RemedyBar['chosen'], ChosenName>> = {
  fixed: 'by theory, or without a parameter',
  theory: 'by theory, or without a parameter',
  convention: 'by convention',
  hindsight: 'best in hindsight',
};

/** What every remedy leaves of Sequential's gap over random pairs, with its cost. */
export const remedyBarsFigure = drawing('remedy-bars', remedyBars, ({ lambda, pairs, dimension, bars }) => {
  const rows = [...bars]
    .sort((a, b) => (Math.abs(a.median - b.median) < least ? 0 : a.median - b.median) || a.most - b.most)
    .map(({ label, chosen, median, quartiles: [low, high], most, cost }) => ({
      layer: 'bar',
      remedy: chosen === 'hindsight' ? `${label}, tuned` : label,
      chosen: chosenNames[chosen],
      median,
      low,
      high,
      most,
      text: median < least ? '0' : significant(median, 2),
      cost,
    }));
  const order = rows.map(({ remedy }) => remedy);
  const none = rows.filter(({ most }) => most < least).map(({ remedy }) => remedy);
  const left = rows.filter(({ chosen, median }) => chosen === 'best in hindsight' && median >= least);
  const title = 'What each remedy leaves of Sequential’s gap, and what a step costs';
  const width = 380;
  const y = {
    field: 'remedy',
    type: 'nominal' as const,
    sort: order,
    axis: { title: null, ticks: false, domain: false, labelPadding: 8 },
  };
  return {
    title,
    caption:
      `The certified gap of what each remedy converges to over that of Sequential, SFT→DPO, at λ = ${lambda}, on ${pairs} random pairs of quadratics in R^${dimension}: ` +
      `bars are medians, lines go from quartile to quartile. Nothing is left on any pair by ${none.join(', ')}. Tuned in hindsight, ` +
      `${left.map(({ remedy, text }) => `${remedy.replace(', tuned', '')} leaves ${text}`).join(', ')} in the median. Costs: gradients (g), losses (f) and kept ` +
      'vectors (v) of a step of stage two. Replay of own replies and the KL anchor need log-linear pairs, where they equal replay; alternating stages have no limit.',
    rows,
    spec: {
      title: {
        text: title,
        subtitle: `${pairs} random pairs of quadratics in R^${dimension}, λ = ${lambda}; median, and lines from quartile to quartile`,
      },
      spacing: 8,
      hconcat: [
        {
          width,
          height: { step: 19 },
          transform: onlyLayer('bar'),
          encoding: {
            y,
            x: {
              field: 'median',
              type: 'quantitative',
              scale: { type: 'sqrt', domain: [0, 1.25 * Math.max(...rows.map(({ high }) => high))], nice: false },
              axis: {
                title: 'gap over that of Sequential (√ scale)',
                values: [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
                format: '~g',
              },
            },
          },
          layer: [
            {
              mark: { type: 'bar', height: { band: 0.66 } },
              encoding: {
                color: {
                  field: 'chosen',
                  type: 'nominal',
                  title: null,
                  scale: { domain: Object.keys(chosenLooks), range: Object.values(chosenLooks) },
                  legend: { orient: 'bottom', direction: 'vertical', symbolType: 'square', offset: 10 },
                },
              },
            },
            {
              mark: { type: 'rule', strokeWidth: 3.4, color: '#FFFFFF' },
              encoding: { x: { field: 'low' }, x2: { field: 'high' } },
            },
            {
              mark: { type: 'rule', strokeWidth: 1.5, color: ink.strong },
              encoding: { x: { field: 'low' }, x2: { field: 'high' } },
            },
            {
              mark: { ...labelMark, align: 'left', dx: 6, fontSize: 11 },
              encoding: { x: { field: 'high', type: 'quantitative' }, text: { field: 'text' } },
            },
          ],
        },
        {
          width: 120,
          height: { step: 19 },
          view: { stroke: null },
          transform: onlyLayer('bar'),
          title: { text: 'cost of a step', fontSize: 12, fontWeight: 400, anchor: 'start', offset: 4 },
          mark: { ...labelMark, align: 'left', fontSize: 11 },
          encoding: { y: { ...y, axis: null }, x: { value: 0 }, text: { field: 'cost' } },
        },
      ],
    },
  };
});
