import { comparedKeys } from '../experiments/compared.js';
import { lambdas, tradeOff, type TradeOff } from '../experiments/trade-off.js';
import { drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { labelMark, linearDomain, onlyLayer, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';

/** Objective space: paths, end points for every λ, the certified front and the ideal point. */
export const tradeOffFigure = drawing('trade-off', tradeOff, (results) => ({
  title: 'The trade-off between the two objectives',
  caption:
    'Mix and ALRIGHT end at the minimiser of F_λ on the certified Pareto front, MAXRIGHT at the point of the front where the ' +
    'weighted gaps are equal. Sequential ends near the optimum of its second objective; only where that has a hundredth of ' +
    'the steps does it end in between, and above the front.',
  ...drawTradeOff(results, 'The trade-off between the two objectives', 'log-linear pair on R^10'),
}));

/** The rows and the drawing of a trade-off on any problem. */
export function drawTradeOff(results: TradeOff, text: string, problem: string): Pick<Figure, 'rows' | 'spec'> {
  const { steps, stepSize, batch, seeds, ideal } = results;
  const at = (pair: { dpo: number; sft: number }) => ({ sft: pair.sft, dpo: pair.dpo });
  const means = results.runs.map(({ key, lambda, result }) => ({
    schedule: looks[key].label,
    lambda,
    steps: result.steps,
    measures: result.measures,
  }));
  const paths = means.flatMap(({ schedule, lambda, ...run }) =>
    run.measures.map(({ sft, dpo }, i) => ({
      layer: 'path',
      schedule,
      lambda,
      step: run.steps[i],
      sft: sft.mean,
      dpo: dpo.mean,
    })),
  );
  const ends = means.map(({ schedule, lambda, measures }) => {
    const { sft, dpo } = measures[measures.length - 1];
    const [sftCi, dpoCi] = [sft.ci95 ?? [sft.mean, sft.mean], dpo.ci95 ?? [dpo.mean, dpo.mean]];
    return {
      layer: 'end',
      schedule,
      lambda,
      sft: sft.mean,
      sftLow: sftCi[0],
      sftHigh: sftCi[1],
      dpo: dpo.mean,
      dpoLow: dpoCi[0],
      dpoHigh: dpoCi[1],
    };
  });
  const front = results.front.map(({ lambda, certificate, ...pair }, order) => ({
    layer: 'front',
    lambda,
    order,
    ...at(pair),
    certificate,
  }));
  // Labels stand above the points of the flat half of the front, and beside those of the steep one.
  const middle = (front[0].sft + front[front.length - 1].sft) / 2;
  const optima = front
    .filter(({ lambda }) => lambdas.includes(lambda))
    .map(({ lambda, sft, dpo }) => ({ layer: 'optimum', lambda, sft, dpo, label: `λ = ${lambda}`, far: sft > middle }));
  const idealRow = { layer: 'ideal', ...at(ideal), label: 'ideal point' };
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const views = [
    { title: 'paths from the start', rows: [...paths, ...front, idealRow] },
    { title: 'end points', rows: [...ends, ...front, idealRow] },
  ];
  return {
    rows: [...paths, ...ends, ...front, ...optima, idealRow],
    spec: {
      title: {
        text,
        subtitle: `${problem}, ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}, means of ${seeds} seeds; λ, for Sequential DPO’s share of the steps, in {${lambdas.join(', ')}}`,
      },
      hconcat: views.map(({ title, rows }, view) => ({
        title: { text: title, fontSize: 14, fontWeight: 400, anchor: 'middle' as const, offset: 8 },
        width: 400,
        height: 370,
        encoding: {
          x: {
            field: 'sft',
            type: 'quantitative',
            scale: { domain: linearDomain(rows.map(({ sft }) => sft)), nice: false },
            axis: { title: 'f_SFT', grid: false },
          },
          y: {
            field: 'dpo',
            type: 'quantitative',
            scale: { domain: linearDomain(rows.map(({ dpo }) => dpo)), nice: false },
            axis: { title: 'f_DPO', grid: false },
          },
        },
        layer: [
          {
            transform: onlyLayer('front'),
            mark: { type: 'line', color: ink.strong, strokeWidth: 1.4, clip: true },
            encoding: { order: { field: 'order', type: 'quantitative' } },
          },
          {
            transform: onlyLayer('ideal'),
            mark: { type: 'point', shape: 'cross', filled: true, size: 110, opacity: 1, color: ink.strong },
          },
          {
            transform: onlyLayer('ideal'),
            mark: { ...labelMark, align: 'left', dx: 9, dy: -1 },
            encoding: { text: { field: 'label' } },
          },
          ...(view === 0
            ? [
                {
                  transform: onlyLayer('path'),
                  mark: { type: 'line' as const, strokeWidth: 1.3, opacity: 0.75, clip: true },
                  encoding: {
                    color,
                    strokeDash,
                    detail: { field: 'lambda' },
                    order: { field: 'step', type: 'quantitative' as const },
                  },
                },
              ]
            : [
                {
                  transform: onlyLayer('optimum'),
                  mark: {
                    type: 'point' as const,
                    shape: 'circle',
                    size: 190,
                    opacity: 1,
                    color: ink.strong,
                    strokeWidth: 1.2,
                  },
                },
                {
                  transform: onlyLayer('optimum'),
                  mark: {
                    ...labelMark,
                    align: { expr: "datum.far ? 'center' : 'left'" },
                    dx: { expr: 'datum.far ? 0 : 24' },
                    dy: { expr: 'datum.far ? -18 : -3' },
                  },
                  encoding: { text: { field: 'label' } },
                },
                {
                  transform: onlyLayer('end'),
                  mark: { type: 'rule' as const, strokeWidth: 1, clip: true },
                  encoding: { color, x: { field: 'sftLow' }, x2: { field: 'sftHigh' } },
                },
                {
                  transform: onlyLayer('end'),
                  mark: { type: 'rule' as const, strokeWidth: 1, clip: true },
                  encoding: { color, y: { field: 'dpoLow' }, y2: { field: 'dpoHigh' } },
                },
                {
                  transform: onlyLayer('end'),
                  mark: { type: 'point' as const, filled: true, size: 80, opacity: 1 },
                  encoding: { color, shape },
                },
              ]),
        ],
      })),
    },
  };
}
