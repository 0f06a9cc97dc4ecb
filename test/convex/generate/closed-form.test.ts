import { expect, test } from 'vitest';
import { idealPoint, minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import { closedForm } from '../../../src/convex/generate/closed-form.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

test('its values, optima and the gap of DPO first are the closed forms', async () => {
  const problem = await parseProblem(closedForm());
  const { dpo, sft } = problem.objectives;
  for (const theta of [-2, -1, 0, 0.3, 1, 5]) {
    expect(dpo.value(Float64Array.of(theta))).toBeCloseTo((theta - 1) ** 2 / 2, 14);
    expect(sft.value(Float64Array.of(theta))).toBeCloseTo((theta + 1) ** 2 / 2, 14);
  }
  const ideal = idealPoint(problem);
  for (const lambda of [0.01, 0.25, 0.5, 0.9]) {
    const { minimizer, value } = minimizeWeightedSum(problem, lambda);
    expect(minimizer[0]).toBeCloseTo(2 * lambda - 1, 14);
    expect(value).toBeCloseTo(2 * lambda * (1 - lambda), 14);
    const end = lambda * dpo.value(ideal.sft.minimizer) + (1 - lambda) * sft.value(ideal.sft.minimizer);
    expect(end - value).toBeCloseTo(2 * lambda ** 2, 14);
  }
});

test('noise and start are written as given, and checked', () => {
  expect(closedForm({ noise: 0.5, start: -3 })).toMatchObject({ start: [-3], objectives: { dpo: { noise: 0.5 } } });
  expect(() => closedForm({ noise: NaN })).toThrow('noise: got NaN');
  expect(() => closedForm({ start: Infinity })).toThrow('start: got');
});
