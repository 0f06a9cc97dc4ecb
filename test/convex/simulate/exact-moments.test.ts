import { describe, expect, it } from 'vitest';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { schedules } from '../../../src/schedule/index.js';
import { exactGaps, exactOperations } from '../../../src/convex/simulate/exact-moments.js';
import { runEnsemble } from '../../../src/convex/simulate/ensemble.js';
import { ensembleMeasures } from '../../../src/convex/simulate/measures.js';
import { certifiedOptima } from '../../../src/convex/simulate/optima.js';
import { moments } from '../../../src/base/statistics.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
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

  it.each<[string, object]>([
    ['mix', {}],
    ['sequential', { order: 'dpo-sft' }],
    ['sequential', { order: 'sft-dpo', split: [30, 90] }],
    ['dpo', {}],
  ])('of %s are the same in the eigenbasis of each stage as step by step', async (name, own) => {
    const { data } = await parseProblem(quadratic({ dimension: 7, condition: 100, noise: 0.3, seed: 5 }));
    if (data.kind !== 'quadratic') throw new Error('a quadratic was expected');
    const steps = 120;
    const asked = {
      schedule: schedules[name],
      settings: { lambda: 0.3, steps, ...own },
      stepSizes: Float64Array.from({ length: steps }, (_, i) => 0.6 / Math.sqrt(i + 1)),
      batch: 2,
      minimizer: Float64Array.from({ length: 7 }, (_, i) => i / 7),
    };
    const record = [0, 40, 41, 90, 120];
    // Looked at after every step, the moments never stay in an eigenbasis.
    const each = Array.from({ length: steps + 1 }, (_, step) => step);
    const stepByStep = exactGaps(data, { ...asked, record: each });
    exactGaps(data, { ...asked, record }).forEach((gap, at) => {
      expect(gap / stepByStep[record[at]]).toBeCloseTo(1, 11);
    });
    const costs = [record, each].map((steps) => exactOperations(data, { ...asked, record: steps }));
    expect(costs[1]).toBeGreaterThan(1.5 * 120 * 7 ** 3 - 1);
    expect(costs[0]).toBeLessThan(costs[1]);
  });

  it('of 400 dimensions cost seconds where a stage has one Hessian, and are estimated to cost more where it draws', async () => {
    const diagonal = Array.from({ length: 400 }, (_, i) =>
      Array.from({ length: 400 }, (__, j) => (i === j ? 1 / (1 + i) : 0)),
    );
    const objective = { hessian: diagonal, minimizer: new Array<number>(400).fill(1), noise: 0.1 };
    const { data } = await parseProblem({
      kind: 'quadratic',
      objectives: { dpo: objective, sft: objective },
      start: new Array<number>(400).fill(0),
    });
    if (data.kind !== 'quadratic') throw new Error('a quadratic was expected');
    const asked = {
      settings: { lambda: 0.5, steps: 500 },
      stepSizes: new Float64Array(500).fill(0.1),
      batch: 1,
      minimizer: Float64Array.from(objective.minimizer),
      record: [500],
    };
    expect(exactOperations(data, { ...asked, schedule: schedules.mix })).toBeLessThan(3e9);
    expect(exactOperations(data, { ...asked, schedule: schedules.alright })).toBeGreaterThan(9e10);
  });
});
