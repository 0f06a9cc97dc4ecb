import { noiseFloor } from '../experiments/noise-floor.js';
import { drawing } from '../src/figure/drawing.js';
import { estimateColumns, logarithmic, onlyLayer, ruleText } from '../src/figure/layers.js';
import { maxrightShades } from '../src/figure/theme.js';

const panels = [
  { problem: 'quadratic', title: 'quadratic pair, noise added to the values' },
  { problem: 'log-linear', title: 'log-linear pair, values of minibatches' },
] as const;

/** MAXRIGHT choosing by estimated values: a floor that more steps do not remove. */
export const noiseFloorFigure = drawing('noise-floor', noiseFloor, (results) => {
  const { lambda, stepSize, seeds, runs } = results;
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
      'Chosen by exact values MAXRIGHT keeps falling; chosen by estimated ones it levels off, the earlier the noisier the estimates. ' +
      'On minibatches part of the floor is the correlation of choice and gradient, which a fresh gradient batch takes away.',
    rows,
    spec: {
      title: {
        text: 'A floor under MAXRIGHT on estimated values',
        subtitle: `λ = ${lambda}, last point of T steps of size ${ruleText(stepSize)}; mean and 95 % band of ${seeds} seeds`,
      },
      resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
      hconcat: panels.map(({ problem, title }) => {
        const own = rows.filter((row) => row.problem === problem);
        const estimates = [...new Set(own.map(({ estimate }) => estimate))];
        const channel = (range: readonly (string | number[])[]) => ({
          field: 'estimate',
          type: 'nominal' as const,
          title: null,
          scale: { domain: estimates, range: range.slice(0, estimates.length) as string[] },
          legend: {
            orient: 'bottom' as const,
            direction: 'horizontal' as const,
            columns: 3,
            symbolOpacity: 1,
            symbolStrokeWidth: 0,
            offset: 10,
          },
        });
        const color = channel(maxrightShades(estimates.length));
        // What differs in more than the noise of the estimate is dashed.
        const dash = estimates.map((estimate) => (estimate.endsWith('fresh') ? [5, 3] : []));
        const strokeDash = channel(dash);
        const shape = channel(['circle', 'square', 'diamond', 'triangle-up', 'triangle-down']);
        return {
          title: { text: title, fontSize: 14, fontWeight: 400, anchor: 'middle' as const, offset: 8 },
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
              mark: { type: 'area', opacity: 0.2, clip: true },
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
