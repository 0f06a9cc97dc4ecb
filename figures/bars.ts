import { comparedKeys } from '../experiments/compared.js';
import { comparison } from '../experiments/comparison.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, labelMark, onlyLayer, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { looks } from '../src/figure/theme.js';

const panels = ['DPO gap', 'SFT gap', 'ideal distance', 'normalised ideal distance'] as const;

/** Both optimality gaps and both distances to the ideal point, of every schedule. */
export const barsFigure = drawing('bars', comparison, (results) => {
  const { subject, lambda, steps, batch, stepSize, seeds, period, referenceOptima, forgettingIsKl, runs } = results;
  const { ideal } = referenceOptima.optima;
  const rows = runs.flatMap(({ key, result }) => {
    const { dpo, sft, idealDistance, normalizedIdealDistance } = result.measures[result.measures.length - 1];
    const above = (estimate: typeof dpo, least: number) => {
      const { mean, low, high } = estimateColumns(estimate);
      return { mean: mean - least, low: Math.max(0, low - least), high: high - least };
    };
    const values = [
      above(dpo, ideal.dpo),
      above(sft, ideal.sft),
      above(idealDistance, 0),
      ...(normalizedIdealDistance === null ? [] : [above(normalizedIdealDistance, 0)]),
    ];
    return values.map((value, i) => ({ layer: 'bar', panel: panels[i], schedule: looks[key].label, ...value }));
  });
  const shown = panels.filter((panel) => rows.some((row) => row.panel === panel));
  const { color } = scheduleChannels(comparedKeys);
  const order = comparedKeys.map((key) => looks[key].label);
  return {
    title: 'What each schedule reaches',
    caption:
      (subject.given
        ? ''
        : 'Sequential closes the gap of its second objective and leaves that of its first open; the joint schedules share both and ' +
          'end nearer to the ideal point. ') +
      'The normalised distance counts each objective in units of what it loses where the other is at its optimum. ' +
      (forgettingIsKl ? 'The SFT gap is the KL divergence, in nats, from the policy that SFT alone ends with. ' : '') +
      'By definition Mix computes two gradients a step and the others one; MAXRIGHT adds two loss evaluations ' +
      `every ${period} steps.`,
    rows,
    spec: {
      title: {
        text: 'What each schedule reaches',
        subtitle: `${subject.description}, λ = ${lambda}, after ${steps} steps of size ${ruleText(stepSize)} on minibatches of ${batch}; mean and 95 % interval of ${seeds} seeds`,
      },
      spacing: 22,
      hconcat: shown.map((panel, i) => ({
        title: {
          text: panel,
          fontSize: 13,
          fontWeight: 400,
          anchor: 'start' as const,
          frame: 'group' as const,
          offset: 8,
        },
        width: 165,
        height: 200,
        transform: onlyLayer('bar', { panel }),
        encoding: {
          y: {
            field: 'schedule',
            type: 'nominal',
            sort: order,
            axis: i === 0 ? { title: null, ticks: false, domain: false, labelPadding: 8 } : null,
          },
          x: {
            field: 'mean',
            type: 'quantitative',
            scale: {
              domain: [0, 1.45 * Math.max(...rows.filter((row) => row.panel === panel).map(({ high }) => high))],
              nice: false,
            },
            axis: { title: null, tickCount: 3, grid: true },
          },
        },
        layer: [
          { mark: { type: 'bar', height: { band: 0.68 } }, encoding: { color: { ...color, legend: null } } },
          { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { x: { field: 'low' }, x2: { field: 'high' } } },
          {
            mark: { ...labelMark, align: 'left', dx: 6 },
            encoding: { x: { field: 'high', type: 'quantitative' }, text: { field: 'mean', format: '.3~r' } },
          },
        ],
      })),
    },
  };
});
