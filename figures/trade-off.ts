import { compared, comparedKeys } from '../experiments/compared.js';
import { lambdas, tradeOff, type TradeOff } from '../experiments/trade-off.js';
import { placeLabels } from '../src/figure/labels.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';
import { drawing } from '../src/figure/drawing.js';
import type { Figure } from '../src/figure/figure.js';
import { labelMark, linearDomain, onlyLayer, panelTitle, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';

/** Objective space: paths, end points for every λ, the certified front and the ideal point. */
export const tradeOffFigure = drawing('trade-off', tradeOff, (results) => ({
  title: 'The trade-off between the two objectives',
  caption:
    (results.subject.given
      ? ''
      : 'Mix and ALRIGHT end at the minimiser of F_λ on the certified Pareto front, MAXRIGHT at the point of the front where the ' +
        'weighted gaps are equal. Sequential ends near the optimum of its second objective; only where that has a hundredth of ' +
        'the steps does it end in between, and above the front. ') +
    'The curve without marks is the certified front; rings: its minimisers of F_λ for each λ; labels: λ of MAXRIGHT, and the stages of Sequential ' +
    'in per cent, in their order.',
  ...drawTradeOff(results, 'The trade-off between the two objectives', results.subject.description),
}));

const [width, height, nameSize] = [400, 370, 10];

/** What an end point is called: MAXRIGHT by its λ, Sequential by its stages in per cent, in their order. */
function nameOf(key: ScheduleKey, lambda: number): string | undefined {
  const { order } = compared[key];
  if (order !== undefined) {
    const dpo = Math.round(100 * lambda);
    return order === 'sft-dpo' ? `${100 - dpo}:${dpo}` : `${dpo}:${100 - dpo}`;
  }
  return key === paper.maxright ? String(lambda) : undefined;
}

/** For which λ the schedules that draw or mix by λ end with an objective above its start, in words; empty where for none. */
export function aboveStart({ runs }: TradeOff): string {
  const texts = (['dpo', 'sft'] as const).flatMap((of) => {
    const above = [paper.mix, paper.alright].flatMap((key) => {
      const risen = runs.filter(
        ({ key: own, result: { measures } }) =>
          own === key && measures[measures.length - 1][of].mean > measures[0][of].mean,
      );
      return risen.length === 0 ? [] : [`${looks[key].label} at λ = ${risen.map(({ lambda }) => lambda).join(', ')}`];
    });
    const start = runs[0].result.measures[0][of].mean;
    return above.length === 0
      ? []
      : [`f_${of.toUpperCase()} ends above its start (${start.toFixed(2)}) under ${above.join(' and ')}`];
  });
  return texts.length === 0 ? '' : `${texts.join('; ')}: there λ gives that objective up for the other.`;
}

/** The rows and the drawing of a trade-off on any problem. */
export function drawTradeOff(results: TradeOff, text: string, problem: string): Pick<Figure, 'rows' | 'spec'> {
  const { steps, stepSize, batch, seeds, ideal } = results;
  const at = (pair: { dpo: number; sft: number }) => ({ sft: pair.sft, dpo: pair.dpo });
  const means = results.runs.map(({ key, lambda, result }) => ({
    key,
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
  const ends = means.map(({ key, schedule, lambda, measures }) => {
    const { sft, dpo } = measures[measures.length - 1];
    const [sftCi, dpoCi] = [sft.ci95 ?? [sft.mean, sft.mean], dpo.ci95 ?? [dpo.mean, dpo.mean]];
    return {
      layer: 'end',
      key,
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
  const optima = front
    .filter(({ lambda }) => lambdas.includes(lambda))
    .map(({ lambda, sft, dpo }) => ({ layer: 'optimum', lambda, sft, dpo, label: `λ = ${lambda}` }));
  const idealRow = { layer: 'ideal', ...at(ideal), label: 'ideal point' };
  const startRow = { layer: 'start', sft: paths[0].sft, dpo: paths[0].dpo, label: 'start' };
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const reach = ends.flatMap(({ sftLow, sftHigh, dpoLow, dpoHigh }) => [
    { sft: sftLow, dpo: dpoLow },
    { sft: sftHigh, dpo: dpoHigh },
  ]);
  const views = [
    { title: 'paths from the start', rows: [...paths, ...front, idealRow] },
    { title: 'end points', rows: [...ends, ...reach, ...front, idealRow] },
  ];
  const named = [
    ...optima.map(({ sft, dpo, label }) => ({ sft, dpo, label })),
    ...ends.flatMap(({ sft, dpo, key, lambda }) => {
      const label = nameOf(key, lambda);
      return label === undefined ? [] : [{ sft, dpo, label }];
    }),
    { sft: idealRow.sft, dpo: idealRow.dpo, label: idealRow.label },
  ];
  const [across, along] = [views[1].rows.map(({ sft }) => sft), views[1].rows.map(({ dpo }) => dpo)];
  const places = placeLabels(
    named.map(({ sft, dpo, label }) => ({ x: sft, y: dpo, label })),
    {
      x: { type: 'linear', domain: linearDomain(across), pixels: width },
      y: { type: 'linear', domain: linearDomain(along), pixels: height },
    },
    nameSize,
    [front.map(({ sft, dpo }) => ({ x: sft, y: dpo }))],
  );
  const names = named.map((row, i) => ({ layer: 'name', ...row, ...places[i] }));
  return {
    rows: [...paths, ...ends, ...front, ...optima, idealRow, startRow, ...names],
    spec: {
      title: {
        text,
        subtitle: `${problem}, ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}, means of ${seeds} seeds; λ, for Sequential DPO’s share of the steps, in {${lambdas.join(', ')}}`,
      },
      hconcat: views.map(({ title, rows }, view) => ({
        title: panelTitle(title),
        width,
        height,
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
          ...(view === 0
            ? [
                {
                  transform: onlyLayer('ideal'),
                  mark: { ...labelMark, align: 'left' as const, dx: 9, dy: -1 },
                  encoding: { text: { field: 'label' } },
                },
                {
                  transform: onlyLayer('start'),
                  mark: {
                    type: 'point' as const,
                    shape: 'circle',
                    filled: true,
                    size: 80,
                    opacity: 1,
                    color: ink.strong,
                  },
                },
                {
                  transform: onlyLayer('start'),
                  mark: { ...labelMark, align: 'left' as const, dx: 9, dy: -1 },
                  encoding: { text: { field: 'label' } },
                },
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
                  transform: [...onlyLayer('name'), { filter: 'datum.far' }],
                  mark: { type: 'rule' as const, color: ink.faint },
                  encoding: { x2: { field: 'labelX' }, y2: { field: 'labelY' } },
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
                ...[{ stroke: 'white', strokeWidth: 3, strokeJoin: 'round' as const }, {}].map((halo) => ({
                  transform: onlyLayer('name'),
                  mark: {
                    ...labelMark,
                    ...halo,
                    fontSize: nameSize,
                    align: 'center' as const,
                    baseline: 'middle' as const,
                  },
                  encoding: {
                    x: { field: 'labelX', type: 'quantitative' as const },
                    y: { field: 'labelY', type: 'quantitative' as const },
                    text: { field: 'label' },
                  },
                })),
              ]),
        ],
      })),
    },
  };
}
