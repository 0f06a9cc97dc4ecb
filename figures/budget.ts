import { budgetExperiment } from '../experiments/budget.js';
import { drawing } from '../src/figure/drawing.js';
import { labelMark, linearDomain, logarithmic, onlyLayer } from '../src/figure/layers.js';
import { ink, lookOf } from '../src/figure/theme.js';
import { budget } from '../src/schedule/budget.js';

const [width, height] = [330, 310];

const losses = { sft: 'f_SFT', dpo: 'f_DPO' } as const;

/** The schedule budget on its way to the point of the front that it asks for, under the bounds of statement B. */
export const budgetFigure = drawing('budget', budgetExperiment, (results) => {
  const { forgetAtMost, point, front, ideal, start, runs } = results;
  const { colour } = lookOf(budget.name);
  const target = { sft: point.sft, dpo: point.dpo.upper };
  const ends = runs.map(({ steps, sft, dpo }) => ({ layer: 'end', steps, sft, dpo }));
  const above = runs.flatMap((run) =>
    (['sft', 'dpo'] as const).map((of) => ({
      layer: 'above',
      of: losses[of],
      steps: run.steps,
      above: run[of] - target[of],
    })),
  );
  const bounds = runs.flatMap((run) =>
    (['sft', 'dpo'] as const).map((of) => ({
      layer: 'bound',
      of: losses[of],
      steps: run.steps,
      above: run.bounds[of],
    })),
  );
  const edge = front.map((pair, order) => ({ layer: 'front', order, ...pair }));
  const space = [
    { layer: 'start', ...start, label: 'start' },
    { layer: 'ideal', ...ideal, label: 'ideal point' },
    { layer: 'target', ...target, label: `δ = ${forgetAtMost}` },
  ];
  const [first, last] = [runs[0], runs[runs.length - 1]];
  const named = [first, last].map(({ steps, sft, dpo }) => ({
    ...{ layer: 'name', sft, dpo, label: `T = ${steps.toLocaleString('en-US')}` },
  }));
  const lastAbove = above.filter(({ steps }) => steps === last.steps);
  const closest = Math.max(...runs.map(({ sft, bounds: { sft: bound } }) => (sft - target.sft) / bound));
  const x = logarithmic([first.steps, last.steps], 'steps T', 1);
  const title = 'A budget for forgetting finds its point of the front without λ';
  return {
    title,
    caption:
      `SFT may lose at most δ = ${forgetAtMost}. The schedule steps on SFT where that is exceeded by more than e = G D_0/√T, else on DPO, and hands over the average over its steps ` +
      'on DPO. Left: these averages for growing T, beside the front and the enclosed point that the budget asks for. Right: how far both losses lie above that point, ' +
      `and what statement B allows (dotted: B.first and B.second, which are the same here): never more than e. f_SFT comes to ${(100 * closest).toFixed(0)} % of it, because the schedule uses the tolerance; f_DPO is below its ` +
      'value at the point for that reason.',
    rows: [...edge, ...ends, ...space, ...named, ...above, ...bounds],
    spec: {
      title: {
        text: title,
        subtitle:
          'quadratic pair on a ball of R^4, exact gradients and values, steps D_0/(G√T); dotted: bounds of statement B',
      },
      spacing: 36,
      hconcat: [
        {
          width,
          height,
          encoding: {
            x: {
              field: 'sft',
              type: 'quantitative',
              scale: { domain: linearDomain([...ends, ...space].map(({ sft }) => sft)), nice: false },
              axis: { title: 'f_SFT', grid: false, tickCount: 6 },
            },
            y: {
              field: 'dpo',
              type: 'quantitative',
              // Room for the ideal point's name below it.
              scale: {
                domain: linearDomain(
                  [...ends, ...space].map(({ dpo }) => dpo),
                  0.1,
                ),
                nice: false,
              },
              axis: { title: 'f_DPO', grid: false, tickCount: 6 },
            },
          },
          layer: [
            {
              transform: onlyLayer('front'),
              mark: { type: 'line', color: ink.strong, strokeWidth: 1.4, clip: true },
              encoding: { order: { field: 'order', type: 'quantitative' } },
            },
            {
              transform: onlyLayer('end'),
              mark: { type: 'line', color: colour, strokeWidth: 1.2 },
              encoding: { order: { field: 'steps', type: 'quantitative' } },
            },
            {
              transform: onlyLayer('end'),
              mark: { type: 'point', shape: 'cross', filled: true, size: 50, opacity: 1, color: colour },
            },
            {
              transform: [{ filter: "datum.layer === 'start' || datum.layer === 'ideal'" }],
              mark: { type: 'point', filled: true, size: 70, opacity: 1, color: ink.strong },
            },
            {
              transform: onlyLayer('target'),
              mark: { type: 'point', shape: 'circle', size: 160, opacity: 1, color: ink.strong, strokeWidth: 1.5 },
            },
            {
              transform: [{ filter: "datum.layer === 'start' || datum.layer === 'ideal'" }],
              mark: {
                ...labelMark,
                align: { expr: "datum.layer === 'start' ? 'right' : 'left'" },
                dx: { expr: "datum.layer === 'start' ? -9 : 0" },
                dy: { expr: "datum.layer === 'start' ? 0 : 14" },
              },
              encoding: { text: { field: 'label' } },
            },
            {
              transform: onlyLayer('name'),
              mark: { ...labelMark, align: 'left', dx: 9, dy: -8 },
              encoding: { text: { field: 'label' } },
            },
            {
              transform: onlyLayer('target'),
              mark: { ...labelMark, align: 'left', dx: 11, dy: -10 },
              encoding: { text: { field: 'label' } },
            },
          ],
        },
        {
          width,
          height,
          encoding: {
            x: { field: 'steps', type: 'quantitative', ...x },
            y: {
              field: 'above',
              type: 'quantitative',
              scale: {
                type: 'symlog',
                constant: 0.05,
                domain: [
                  1.3 * Math.min(-0.05, ...above.map((row) => row.above)),
                  1.2 * Math.max(first.bounds.dpo, first.bounds.sft),
                ],
                nice: false,
              },
              axis: { title: 'above the enclosed point', values: [-1, -0.1, 0, 0.1, 1, 10], format: '~r', grid: false },
            },
          },
          layer: [
            {
              data: { values: [{ level: 0 }] },
              mark: { type: 'rule', color: ink.faint },
              encoding: { y: { field: 'level', type: 'quantitative' }, x: { value: 0 }, x2: { value: 'width' } },
            },
            {
              transform: onlyLayer('bound'),
              mark: { type: 'line', color: ink.line, strokeDash: [1.5, 3], strokeWidth: 1.8 },
              encoding: { detail: { field: 'of', type: 'nominal' } },
            },
            {
              transform: onlyLayer('above'),
              mark: { type: 'line', color: colour, strokeWidth: 1.4 },
              encoding: {
                strokeDash: {
                  field: 'of',
                  type: 'nominal',
                  scale: { domain: Object.values(losses), range: [[], [5, 3]] },
                  legend: null,
                },
              },
            },
            {
              transform: onlyLayer('above'),
              mark: { type: 'point', filled: true, size: 40, opacity: 1, color: colour },
              encoding: {
                shape: {
                  field: 'of',
                  type: 'nominal',
                  scale: { domain: Object.values(losses), range: ['cross', 'circle'] },
                  legend: null,
                },
              },
            },
            ...lastAbove.map(({ of }) => ({
              transform: [...onlyLayer('above', { of }), { filter: `datum.steps === ${last.steps}` }],
              mark: { ...labelMark, align: 'left' as const, dx: 8 },
              encoding: { text: { field: 'of' } },
            })),
            {
              transform: [
                ...onlyLayer('bound', { of: losses.sft }),
                { filter: `datum.steps === ${runs[runs.length >> 1].steps}` },
              ],
              mark: { ...labelMark, align: 'left', dx: 8, dy: -10, text: 'bounds on both, e = G D_0/√T' },
            },
          ],
        },
      ],
    },
  };
});
