import { describe, expect, test } from 'vitest';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { stream } from '../../../src/base/random-stream.js';
import { exampleProblems } from './example-problems.js';

describe('log-linear', () => {
  const file = logLinear({ dimension: 3, examples: { dpo: 6, sft: 5 }, seed: 2 });
  const theta = Float64Array.of(0.3, -1, 0.7);

  test.each(['dpo', 'sft'] as const)(
    '%s: the examples’ gradients and losses average to the full ones',
    async (name) => {
      const objective = (await parseProblem(file)).objectives[name];
      const count = name === 'dpo' ? 6 : 5;
      let next = 0;
      const sampler = objective.sampler(
        { normal: () => NaN, integer: (bound) => (expect(bound).toBe(count), next++) },
        1,
      );
      const [mean, gradient, full] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
      let loss = 0;
      for (let n = 0; n < count; n++) {
        sampler.draw();
        const seen = sampler.gradient(theta, gradient);
        expect(seen).toBe(sampler.value(theta));
        loss += seen / count;
        gradient.forEach((entry, i) => (mean[i] += entry / count));
      }
      expect(objective.gradient(theta, full)).toBeCloseTo(loss, 14);
      mean.forEach((entry, i) => {
        expect(entry).toBeCloseTo(full[i], 14);
      });
    },
  );

  test('a minibatch is the mean of its examples', async () => {
    const { sft } = (await parseProblem(file)).objectives;
    const draws = [4, 1, 1];
    const single = sft.sampler({ normal: () => NaN, integer: () => draws[at++] }, 1);
    let at = 0;
    const parts = draws.map(() => {
      single.draw();
      const gradient = new Float64Array(3);
      return { loss: single.gradient(theta, gradient), gradient };
    });
    at = 0;
    const batch = sft.sampler({ normal: () => NaN, integer: () => draws[at++] }, 3);
    batch.draw();
    const gradient = new Float64Array(3);
    expect(batch.gradient(theta, gradient)).toBeCloseTo(parts.reduce((sum, { loss }) => sum + loss, 0) / 3, 14);
    gradient.forEach((entry, i) => {
      expect(entry).toBeCloseTo(parts.reduce((sum, part) => sum + part.gradient[i], 0) / 3, 14);
    });
  });
});

test.each([exampleProblems[0], exampleProblems[4]])(
  '%s: noise is Gaussian, of the stated size over the batch',
  async (_n, file) => {
    const noisy = file.kind === 'expression' ? { ...file, noise: { dpo: 0.3, sft: 0 } } : file;
    const problem = await parseProblem(noisy);
    const { dpo } = problem.objectives;
    const d = problem.dimension;
    const [full, seen] = [new Float64Array(d), new Float64Array(d)];
    dpo.gradient(problem.start, full);
    for (const batch of [1, 4]) {
      const sampler = dpo.sampler(stream(0, `noise-${batch}`), batch);
      const [sum, squares] = [new Float64Array(d), new Float64Array(d)];
      const draws = 20000;
      for (let n = 0; n < draws; n++) {
        sampler.draw();
        expect(sampler.gradient(problem.start, seen)).toBe(dpo.value(problem.start));
        seen.forEach((entry, i) => {
          sum[i] += (entry - full[i]) / draws;
          squares[i] += (entry - full[i]) ** 2 / draws;
        });
      }
      const deviation = 0.3 / Math.sqrt(batch);
      for (let i = 0; i < d; i++) {
        // Five standard errors.
        expect(Math.abs(sum[i])).toBeLessThan((5 * deviation) / Math.sqrt(draws));
        expect(Math.abs(squares[i] / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
      }
    }
  },
);

test('a sample is drawn once a step: the same gradient until the next draw', async () => {
  for (const [, file] of exampleProblems) {
    const problem = await parseProblem(file);
    const sampler = problem.objectives.dpo.sampler(stream(1, 'repeat'), 2);
    const [first, again] = [new Float64Array(problem.dimension), new Float64Array(problem.dimension)];
    sampler.draw();
    sampler.gradient(problem.start, first);
    sampler.gradient(problem.start, again);
    expect(again).toEqual(first);
  }
});
