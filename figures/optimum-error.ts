import { optimumError } from '../experiments/optimum-error.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, namedChannels, onlyLayer, ruleText } from '../src/figure/layers.js';
import { ink, maxrightLooks } from '../src/figure/theme.js';

/** What an error in the optima that MAXRIGHT is told costs. */
export const optimumErrorFigure = drawing('optimum-error', optimumError, (results) => {
  const { lambda, stepSize, seeds, runs, limits } = results;
  const nameOf = (steps: number): string => `T = ${steps.toLocaleString('en-US')}`;
  const rows = [
    ...runs.map(({ difference, steps, maxGap }) => ({
      layer: 'point',
      steps: nameOf(steps),
      difference,
      ...estimateColumns(maxGap, 1e-12),
    })),
    ...limits.map(({ difference, maxGap }) => ({ layer: 'limit', difference, mean: maxGap })),
    ...limits.map(({ difference }) => ({ layer: 'bound', difference, mean: difference })),
  ];
  const horizons = [...new Set(runs.map(({ steps }) => nameOf(steps)))];
  const shades = maxrightLooks(horizons.length);
  const { color, shape } = namedChannels(
    'steps',
    horizons.map((name, i) => ({ name, ...shades[i] })),
  );
  const differences = limits.map(({ difference }) => difference);
  const largest = limits.reduce((worst, { difference, maxGap }) => Math.max(worst, maxGap / difference), 0);
  return {
    title: 'What a wrong optimum costs MAXRIGHT',
    caption:
      'MAXRIGHT is told f_i* + η_i. Its gap falls with T to a level that more steps do not remove (solid, without marks: F_max at the minimiser for the wrong ' +
      `optima), never above the difference of the weighted errors (dotted: the statement M.optimum); here at most ${largest.toFixed(2)} of it. Equal weighted errors cost nothing.`,
    rows,
    spec: {
      title: {
        text: 'What a wrong optimum costs MAXRIGHT',
        subtitle: `quadratic pair on R^10, λ = ${lambda}, last point of T steps of size ${ruleText(stepSize)}; mean and 95 % interval of ${seeds} seeds`,
      },
      width: 520,
      height: 340,
      encoding: {
        x: {
          field: 'difference',
          type: 'quantitative',
          ...logarithmic(differences, 'difference of the weighted errors |w_DPO η_DPO − w_SFT η_SFT|', 1.3),
        },
        y: {
          field: 'mean',
          type: 'quantitative',
          ...logarithmic(
            rows.filter(({ layer, mean }) => layer === 'point' || mean > 1e-4).map(({ mean }) => mean),
            'max gap F_max(θ_T) − min F_max',
          ),
        },
      },
      layer: [
        {
          transform: onlyLayer('bound'),
          mark: { type: 'line', strokeDash: [1.5, 3], strokeWidth: 1.6, color: ink.line, clip: true },
        },
        { transform: onlyLayer('limit'), mark: { type: 'line', strokeWidth: 1.4, color: ink.strong, clip: true } },
        { transform: onlyLayer('point'), mark: { type: 'line', strokeWidth: 1.2 }, encoding: { color } },
        {
          transform: onlyLayer('point'),
          mark: { type: 'rule', strokeWidth: 1.5, clip: true },
          encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
        },
        {
          transform: onlyLayer('point'),
          mark: { type: 'point', filled: true, size: 65, opacity: 1 },
          encoding: { color, shape },
        },
      ],
    },
  };
});
