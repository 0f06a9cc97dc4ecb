import { describe, expect, it } from 'vitest';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { schedules } from '../../../src/schedule/index.js';
import { exactGaps } from '../../../src/convex/simulate/exact-moments.js';
import { runEnsemble } from '../../../src/convex/simulate/ensemble.js';
import { ensembleMeasures } from '../../../src/convex/simulate/measures.js';
import { certifiedOptima } from '../../../src/convex/simulate/optima.js';
import { moments } from '../../../src/base/statistics.js';
import { closedFormFile, planeFile } from '../../problems.js';

describe('exact moments', () => {
  it('equal the closed form of one-dimensional DPO: E(θ_t − 1)² by its scalar recursion', async () => {
    const [noise, stepSize, steps] = [0.4, 0.2, 30];
    const { data } = await parseProblem(closedFormFile(noise, -0.5));
    if (data.kind !== 'quadratic') throw new Error('a quadratic was expected');
    const settings = { lambda: 1, steps };
    const stepSizes = new Float64Array(steps).fill(stepSize);
    const [gap] = exactGaps(data, {
      schedule: schedules.dpo,
      settings,
      stepSizes,
      batch: 1,
      minimizer: Float64Array.of(1),
      record: [steps],
    });
    const shrink = (1 - stepSize) ** 2;
    const expected = shrink ** steps * 1.5 ** 2 + (stepSize * noise) ** 2 * ((1 - shrink ** steps) / (1 - shrink));
    expect(gap).toBeCloseTo(expected / 2, 14);
  });

  it.each(['sequential', 'mix', 'alright'])('of %s lie in the confidence interval of its simulation', async (name) => {
    const problem = await parseProblem(planeFile());
    if (problem.data.kind !== 'quadratic') throw new Error('a quadratic was expected');
    const [lambda, steps, seeds, batch] = [0.3, 60, 3000, 2];
    const optima = certifiedOptima(problem, lambda);
    const settings = { lambda, steps };
    const stepSizes = Float64Array.from({ length: steps }, (_, i) => 0.4 / Math.sqrt(i + 1));
    const record = [1, 20, 60];
    const exact = exactGaps(problem.data, {
      schedule: schedules[name],
      settings,
      stepSizes,
      batch,
      minimizer: optima.weightedSum.minimizer,
      record,
    });
    const trajectories = await runEnsemble({
      problem,
      schedule: name,
      settings: { schedule: settings, stepSizes, batch, values: 'minibatch', gradientBatch: 'shared', record },
      seed: 100,
      seeds,
    });
    record.forEach((_, at) => {
      const gaps = trajectories.map(
        ({ values }) => lambda * values[2 * at] + (1 - lambda) * values[2 * at + 1] - optima.weightedSum.value,
      );
      const { mean, standardError } = moments(gaps);
      // 4.5 standard errors: nine such checks fail by chance once in 16,000 seeds.
      expect(Math.abs(mean - exact[at])).toBeLessThan(4.5 * standardError + 1e-14);
      expect(ensembleMeasures(trajectories, at, optima.values).gap.mean).toBe(mean);
    });
  });
});
