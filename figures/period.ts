import { period } from '../experiments/period.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, namedChannels, onlyLayer, ruleText } from '../src/figure/layers.js';
import { maxrightLooks } from '../src/figure/theme.js';

/** What evaluating less often costs MAXRIGHT, and what it saves. */
export const periodFigure = drawing('period', period, (results) => {
  const { lambda, stepSize, seeds, runs } = results;
  const nameOf = (steps: number): string => `T = ${steps.toLocaleString('en-US')}`;
  const rows = runs.map((run) => ({
    layer: 'point',
    steps: nameOf(run.steps),
    period: run.period,
    ...estimateColumns(run.result.measures[0].maxGap, 1e-12),
    evaluations: run.result.evaluations / run.steps,
  }));
  const horizons = [...new Set(rows.map(({ steps }) => steps))];
  const shades = maxrightLooks(horizons.length);
  const { color, shape } = namedChannels(
    'steps',
    horizons.map((name, i) => ({ name, ...shades[i] })),
  );
  const x = {
    field: 'period',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, nice: false, domain: [0.9, 110] },
    axis: { title: 'period k', values: [1, 2, 5, 10, 20, 50, 100] },
  };
  return {
    title: 'MAXRIGHT may look at both losses rarely',
    caption:
      'Evaluating both losses only every k steps raises the gap of F_max, at every k it still falls as T grows: the price of a ' +
      'stale value vanishes with the step size. Most of the work of evaluating is saved by k = 10.',
    rows,
    spec: {
      title: {
        text: 'MAXRIGHT may look at both losses rarely',
        subtitle: `quadratic pair on R^10, λ = ${lambda}, last point of T steps of size ${ruleText(stepSize)}; mean and 95 % interval of ${seeds} seeds`,
      },
      hconcat: [
        {
          width: 420,
          height: 320,
          transform: onlyLayer('point'),
          encoding: {
            x,
            y: {
              field: 'mean',
              type: 'quantitative',
              ...logarithmic(
                rows.map(({ mean }) => mean),
                'max gap F_max(θ_T) − min F_max',
              ),
            },
          },
          layer: [
            { mark: { type: 'line' }, encoding: { color } },
            {
              mark: { type: 'rule', strokeWidth: 1.5, clip: true },
              encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
            },
            { mark: { type: 'point', filled: true, size: 65, opacity: 1 }, encoding: { color, shape } },
          ],
        },
        {
          width: 300,
          height: 320,
          transform: onlyLayer('point'),
          encoding: {
            x,
            y: {
              field: 'evaluations',
              type: 'quantitative',
              scale: { domain: [0, 2.1], nice: false },
              axis: { title: 'loss evaluations per step', values: [0, 0.5, 1, 1.5, 2] },
            },
          },
          layer: [
            { mark: { type: 'line' }, encoding: { color } },
            { mark: { type: 'point', filled: true, size: 65, opacity: 1 }, encoding: { color, shape } },
          ],
        },
      ],
    },
  };
});
