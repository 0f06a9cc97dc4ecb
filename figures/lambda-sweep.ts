import { comparedKeys } from '../experiments/compared.js';
import { lambdaSweep } from '../experiments/lambda-sweep.js';
import type { ReferenceOptimumName } from '../src/experiment/reference-optima.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, measuredWithLimits, scheduleChannels, ruleText } from '../src/figure/layers.js';
import { looks } from '../src/figure/theme.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';

const panels = [
  { measure: 'gap', title: 'gap F_λ(θ_T) − min F_λ' },
  { measure: 'maxGap', title: 'max gap F_max(θ_T) − min F_max' },
] as const;

/** Where a schedule's measure does not vanish: the value at the point that it converges to. */
const limits: readonly { key: ScheduleKey; measure: 'gap' | 'maxGap'; at: ReferenceOptimumName }[] = [
  { key: paper.sftThenDpo, measure: 'gap', at: 'dpo' },
  { key: paper.dpoThenSft, measure: 'gap', at: 'sft' },
  { key: paper.maxright, measure: 'gap', at: 'chebyshev' },
  { key: paper.sftThenDpo, measure: 'maxGap', at: 'dpo' },
  { key: paper.dpoThenSft, measure: 'maxGap', at: 'sft' },
  { key: paper.alright, measure: 'maxGap', at: 'weightedSum' },
];

/** Both measures of every schedule against λ. */
export const lambdaSweepFigure = drawing('lambda-sweep', lambdaSweep, (results) => {
  const { steps, stepSize, seeds, referenceOptima, runs } = results;
  const points = runs.flatMap(({ key, lambda, result }) =>
    panels.map(({ measure }) => ({
      layer: 'point',
      measure,
      schedule: looks[key].label,
      lambda,
      ...estimateColumns(result.measures[0][measure], 1e-12),
    })),
  );
  const smallest = Math.min(...points.map(({ mean }) => mean));
  const curves = limits.flatMap(({ key, measure, at }) =>
    referenceOptima.map(({ lambda, at: referenceOptimum }) => ({
      layer: 'limit',
      measure,
      schedule: looks[key].label,
      lambda,
      mean: referenceOptimum[at].measures[measure],
    })),
  );
  const { color, strokeDash, shape } = scheduleChannels(comparedKeys);
  const y = logarithmic(
    points.map(({ mean }) => mean),
    '',
  );
  return {
    title: 'Across the weights of DPO',
    caption:
      'Sequential lies on its limit Δ, which grows with the weight of the objective trained first. The joint schedules stay ' +
      'far below it unless one objective has nearly all the weight, each in the measure that it converges in.',
    rows: [...points, ...curves.filter(({ mean }) => mean > smallest / 10)],
    spec: {
      title: {
        text: 'Across the weights of DPO',
        subtitle: `quadratic pair on R^10, last point of ${steps} steps of size ${ruleText(stepSize)}; mean and 95 % interval of ${seeds} seeds; dotted: the limits, certified`,
      },
      hconcat: panels.map(({ measure, title }) => ({
        width: 400,
        height: 330,
        transform: [{ filter: { field: 'measure', equal: measure } }],
        encoding: {
          x: {
            field: 'lambda',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            axis: { title: 'λ, the weight of DPO' },
          },
          y: { field: 'mean', type: 'quantitative', ...y, axis: { ...y.axis, title } },
        },
        layer: measuredWithLimits({ color, strokeDash, shape }, 60),
      })),
    },
  };
});
