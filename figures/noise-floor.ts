import { noiseFloor } from '../experiments/noise-floor.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, namedChannels, onlyLayer, ruleText } from '../src/figure/layers.js';
import { maxrightLooks } from '../src/figure/theme.js';

const panels = [
  { problem: 'quadratic', title: 'quadratic pair on R^10, noise added to the values' },
  { problem: 'log-linear', title: 'log-linear pair on R^10, values of minibatches' },
] as const;

/** MAXRIGHT choosing by estimated values: a floor that more steps do not remove. */
export const noiseFloorFigure = drawing('noise-floor', noiseFloor, (results) => {
  const { lambdas, stepSize, seeds, runs } = results;
  const rows = runs.map(({ problem, estimate, steps, result }) => ({
    layer: 'point',
    problem,
    estimate,
    steps,
    ...estimateColumns(result.measures[0].maxGap, 1e-12),
  }));
  const steps = rows.map((row) => row.steps);
  const x = logarithmic([Math.min(...steps), Math.max(...steps)], 'steps T', 1);
  return {
    title: 'A floor under MAXRIGHT on estimated values',
    caption:
      'Choosing by exact values MAXRIGHT keeps falling; choosing by estimated ones it levels off, higher the noisier they are. ' +
      'On minibatches part of the floor is the correlation of choice and gradient, which a fresh minibatch for the gradient ' +
      'takes away (dashed).',
    rows,
    spec: {
      title: {
        text: 'A floor under MAXRIGHT on estimated values',
        subtitle: `last point of T steps of size ${ruleText(stepSize)}; mean and 95 % interval of ${seeds} seeds`,
      },
      resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
      hconcat: panels.map(({ problem, title }) => {
        const own = rows.filter((row) => row.problem === problem);
        const estimates = [...new Set(own.map(({ estimate }) => estimate))];
        const shades = maxrightLooks(estimates.length);
        const { color, strokeDash, shape } = namedChannels(
          'estimate',
          // What differs in more than the noise of the estimate is dashed.
          estimates.map((name, i) => ({ name, ...shades[i], dash: name.endsWith('fresh') ? [5, 3] : [] })),
        );
        return {
          title: {
            text: `${title}, λ = ${lambdas[problem]}`,
            fontSize: 14,
            fontWeight: 400,
            anchor: 'middle' as const,
            offset: 8,
          },
          width: 400,
          height: 320,
          transform: onlyLayer('point', { problem }),
          encoding: {
            x: { field: 'steps', type: 'quantitative', ...x },
            y: {
              field: 'mean',
              type: 'quantitative',
              ...logarithmic(
                own.map(({ mean }) => mean),
                'max gap F_max(θ_T) − min F_max',
              ),
            },
          },
          layer: [
            {
              mark: { type: 'rule', strokeWidth: 1.5, clip: true },
              encoding: { y: { field: 'low' }, y2: { field: 'high' }, color },
            },
            { mark: { type: 'line', clip: true }, encoding: { color, strokeDash } },
            { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { color, shape } },
          ],
        };
      }),
    },
  };
});
