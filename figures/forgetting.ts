import { comparedKeys } from '../experiments/compared.js';
import { comparison } from '../experiments/comparison.js';
import { drawing } from '../src/figure/drawing.js';
import {
  estimateColumns,
  labelMark,
  linearDomain,
  onlyLayer,
  scheduleChannels,
  ruleText,
} from '../src/figure/layers.js';
import { ink, looks } from '../src/figure/theme.js';

const panels = [
  { first: 'sft', second: 'dpo', key: 'sequential-sft-dpo', title: 'f_SFT', stages: ['SFT', 'DPO'] },
  { first: 'dpo', second: 'sft', key: 'sequential-dpo-sft', title: 'f_DPO', stages: ['DPO', 'SFT'] },
] as const;

/** The first objective's loss through both stages, beside that of the joint schedules. */
export const forgettingFigure = drawing('forgetting', comparison, (results) => {
  const { lambda, steps, batch, stepSize, seeds, landmarks, runs } = results;
  const curves = panels.flatMap(({ first, key: own }) =>
    runs
      .filter(({ key }) => key === own || !key.startsWith('sequential'))
      .flatMap(({ key, result }) =>
        result.steps.map((step, i) => ({
          layer: 'curve',
          panel: first,
          schedule: looks[key].label,
          step,
          ...estimateColumns(result.measures[i][first]),
        })),
      ),
  );
  const levels = panels.flatMap(({ first, second }) => [
    { layer: 'level', panel: first, step: 0, until: steps, mean: landmarks[first].measures[first], label: 'minimum' },
    {
      layer: 'level',
      panel: first,
      step: 0,
      until: steps,
      mean: landmarks[second].measures[first],
      label: `at argmin f_${second.toUpperCase()}`,
    },
  ]);
  const stages = panels.flatMap(({ first, stages: names }) =>
    names.map((name, i) => ({
      layer: 'stage',
      panel: first,
      step: (steps / 2) * i,
      middle: steps * (0.25 + 0.5 * i),
      label: `stage ${i + 1}: ${name}`,
    })),
  );
  const { color, strokeDash } = scheduleChannels(comparedKeys, 'lines');
  const risen = (key: string, name: 'sft' | 'dpo'): string => {
    const result = runs.find((run) => run.key === key)?.result;
    if (result === undefined) throw new Error(`no run of ${key}`);
    const values = result.measures.map((measure) => measure[name].mean);
    return `${Math.min(...values).toFixed(2)} to ${values[values.length - 1].toFixed(2)}`;
  };
  return {
    title: 'The second stage undoes the first',
    caption:
      `What the first stage learnt is lost in the second: f_SFT rises from ${risen('sequential-sft-dpo', 'sft')} while DPO is ` +
      `trained, f_DPO from ${risen('sequential-dpo-sft', 'dpo')} while SFT is. The joint schedules give up neither.`,
    rows: [...curves, ...levels, ...stages],
    spec: {
      title: {
        text: 'The second stage undoes the first',
        subtitle: `log-linear pair on R^10, λ = ${lambda}, ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}; mean and 95 % band of ${seeds} seeds`,
      },
      spacing: 36,
      hconcat: panels.map(({ first, title }) => {
        const rows = [...curves, ...levels].filter(({ panel }) => panel === first);
        return {
          width: 360,
          height: 320,
          transform: [{ filter: { field: 'panel', equal: first } }],
          encoding: {
            x: {
              field: 'step',
              type: 'quantitative',
              scale: { domain: [0, steps], nice: false },
              axis: { title: 'step', grid: false, tickCount: 5 },
            },
            y: {
              field: 'mean',
              type: 'quantitative',
              scale: {
                domain: linearDomain(
                  rows.map(({ mean }) => mean),
                  0.1,
                ),
                nice: false,
              },
              axis: { title },
            },
          },
          layer: [
            {
              transform: [...onlyLayer('stage'), { filter: 'datum.step > 0' }],
              mark: { type: 'rule', color: ink.line, strokeWidth: 1 },
              encoding: { y: { value: 0 }, y2: { value: 'height' } },
            },
            {
              transform: onlyLayer('stage'),
              mark: { ...labelMark, baseline: 'top' },
              encoding: { x: { field: 'middle', type: 'quantitative' }, y: { value: 8 }, text: { field: 'label' } },
            },
            {
              transform: onlyLayer('level'),
              mark: { type: 'rule', color: ink.line, strokeDash: [1.5, 3], strokeWidth: 1.3 },
              encoding: { x2: { field: 'until' } },
            },
            {
              transform: onlyLayer('level'),
              mark: { ...labelMark, align: 'left', dx: 8 },
              encoding: { x: { field: 'until', type: 'quantitative' }, text: { field: 'label' } },
            },
            {
              transform: onlyLayer('curve'),
              mark: { type: 'area', opacity: 0.22, clip: true },
              encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
            },
            { transform: onlyLayer('curve'), mark: { type: 'line', clip: true }, encoding: { color, strokeDash } },
          ],
        };
      }),
    },
  };
});
