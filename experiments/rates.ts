import { sum } from 'd3-array';
import { estimate, type Estimate } from '../src/base/statistics.js';
import { quadratic } from '../src/convex/generate/quadratic.js';
import { ensembles } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { paper, type ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { problemOf } from './problems.js';

/** The slope of log gap against log T, fitted over stretches of a decade. */
export interface Rates {
  readonly lambda: number;
  readonly stepSize: string;
  readonly seeds: number;
  /** Seeds are put together in so many groups, whose slopes are independent. */
  readonly groups: number;
  /** α μ T at the longest run, μ the modulus of strong convexity: far below 1 that has no part in the rates. */
  readonly curvatureSeen: number;
  /** One slope per stretch and schedule; `steps` is the stretch's end. */
  readonly slopes: readonly { readonly key: ScheduleKey; readonly steps: number; readonly slope: Estimate }[];
}

const condition = 1e4;

/**
 * An ill-conditioned pair: on a strongly convex one with steps of the order of 1/√T the slope is that of the steps, because
 * the gap is that of the noise, of the order of α, from early on.
 */
export const rates: Experiment<Rates> = {
  name: 'rates',
  async run(context) {
    const { quick, seed } = context;
    const [lambda, stepSize] = [0.3, '1/sqrt(T)'];
    const [groups, seedsEach] = quick ? [4, 4] : [8, 4];
    const start = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const problem = await problemOf(
      quadratic({ dimension: 10, condition, angle: 150, distance: 4, noise: 0.3, start, seed }),
    );
    const ends = quick ? [1000, 10_000] : [1000, 10_000, 100_000];
    const horizons = logSpaced(ends[0] / 10, ends[ends.length - 1], 2);
    const cases = comparedKeys.flatMap((key) => horizons.map((steps) => ({ key, steps })));
    const found = await Promise.all(
      Array.from({ length: groups }, (_, group) =>
        ensembles(
          { ...context, seed: seed + 1000 * group },
          problem,
          cases.map(({ key, steps }) => ({
            ...compared[key],
            ...{ lambda, steps, stepSize, seeds: seedsEach, values: 'full' },
          })),
        ),
      ),
    );
    const slopes = comparedKeys.flatMap((key) =>
      ends.map((end) => {
        const within = cases.flatMap((each, i) =>
          each.key === key && each.steps <= end && each.steps >= end / 10 ? [i] : [],
        );
        const measure = key === paper.maxright ? 'maxGap' : 'gap';
        const ofGroups = found.map((results) =>
          slopeOf(within.map((i) => [Math.log(cases[i].steps), Math.log(results[i].measures[0][measure].mean)])),
        );
        return { key, steps: end, slope: estimate(ofGroups) };
      }),
    );
    const curvatureSeen = Math.sqrt(ends[ends.length - 1]) / condition;
    return { lambda, stepSize, seeds: groups * seedsEach, groups, curvatureSeen, slopes };
  },
};

/** The slope of the line of least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const [x, y] = [0, 1].map((of) => sum(points, (point) => point[of]) / points.length);
  return sum(points, (point) => (point[0] - x) * (point[1] - y)) / sum(points, (point) => (point[0] - x) ** 2);
}
