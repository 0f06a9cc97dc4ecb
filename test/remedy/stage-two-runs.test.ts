import { beforeAll, describe, expect, it } from 'vitest';
import { logLinear } from '../../src/convex/generate/log-linear.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { Problem } from '../../src/convex/problem/problem.js';
import { remedies } from '../../src/remedy/index.js';
import { runSettings } from '../../src/remedy/runs.js';
import { setup, type Setup } from '../../src/remedy/setup.js';
import { stageTwoRuns } from '../../src/remedy/stage-two-runs.js';

const parameters = { l2Anchor: 0.7, ewcAnchor: 0.7, laplaceAnchor: 0.7, klAnchor: 0.7, chosenNll: 0.7, average: 0.3 };

/** Values that every seed's run of a setup hands over, with the numbers of evaluations. */
async function ends(of: Setup, given: Readonly<Record<string, number>>) {
  const settings = runSettings(of, { order: of.order, split: of.split });
  const runs = await stageTwoRuns({ ...of, remedies: given, settings });
  return runs.map(({ values: [dpo, sft], evaluations }) => ({ dpo, sft, evaluations }));
}

describe('runs with remedies in stage two', () => {
  let policy: Setup;
  beforeAll(async () => {
    const problem = await parseProblem(logLinear({ dimension: 3, candidates: 4, examples: 20, seed: 5 }));
    policy = setup(problem, { lambda: 0.4, steps: 40, split: [25, 15], batch: 2, seed: 3, seeds: 3 });
  });

  it.each(Object.entries(parameters))('%s is what `forgetting remedies` measures', async (name, value) => {
    const remedy = Object.values(remedies).find(({ parameter }) => parameter?.name === name);
    const found = await ends(policy, { [name]: value });
    expect(found.map(({ dpo, sft }) => ({ dpo, sft }))).toEqual(remedy?.outputs(policy, value));
    // A forward pass of the policy that stage one left, in each of the 15 steps of stage two.
    expect(found.map(({ evaluations }) => evaluations)).toEqual(new Array(3).fill(name === 'klAnchor' ? 15 : 0));
  });

  it('all together change one gradient after the other', async () => {
    const together = await ends(policy, { l2Anchor: 0.2, klAnchor: 0.3, chosenNll: 0.4 });
    const other = await ends(policy, { chosenNll: 0.4, klAnchor: 0.3, l2Anchor: 0.2 });
    together.forEach(({ dpo, sft }, i) => {
      expect(dpo).toBeCloseTo(other[i].dpo, 12);
      expect(sft).toBeCloseTo(other[i].sft, 12);
    });
    expect(together).not.toEqual(await ends(policy, { l2Anchor: 0.2, klAnchor: 0.3 }));
  });
});

describe('on a plane without noise', () => {
  let plane: Problem;
  beforeAll(async () => {
    const hessian = [
      [1, 0],
      [0, 2],
    ];
    plane = await parseProblem({
      kind: 'quadratic',
      objectives: { dpo: { hessian, minimizer: [1, 0] }, sft: { hessian, minimizer: [-1, 1] } },
      start: [3, 3],
    });
  });

  it('follows the recursion θ ← θ − α(A(θ − c) + Σκ P (θ − θ_1)), and hands over the average at every recorded step', async () => {
    const [alpha, steps, switchAfter, share] = [0.1, 12, 5, 0.25];
    const given = { l2Anchor: 0.5, ewcAnchor: 0.25, laplaceAnchor: 0.125, average: share };
    const record = [0, 3, 8, 12];
    const settings = {
      schedule: { lambda: 0.5, steps, split: [switchAfter, steps - switchAfter] },
      ...{ stepSizes: new Float64Array(steps).fill(alpha), batch: 1, record },
      ...({ values: 'minibatch', gradientBatch: 'shared' } as const),
    };
    const [{ values }] = await stageTwoRuns({ problem: plane, remedies: given, settings, seed: 0, seeds: 1 });

    const curvature = [1, 2];
    let theta = [3, 3];
    let stageOne = theta;
    const expected: number[] = [];
    for (let t = 0; t <= steps; t++) {
      if (t === switchAfter) stageOne = theta;
      const out = t <= switchAfter ? theta : theta.map((entry, i) => (1 - share) * stageOne[i] + share * entry);
      const value = (c: readonly number[]): number =>
        out.reduce((sum, entry, i) => sum + (curvature[i] * (entry - c[i]) ** 2) / 2, 0);
      if (record.includes(t)) expected.push(value([1, 0]), value([-1, 1]));
      const [centre, isSecond] = t < switchAfter ? [[-1, 1], false] : [[1, 0], true];
      theta = theta.map((entry, i) => {
        const pull = isSecond ? (0.5 + (0.25 + 0.125) * curvature[i]) * (entry - stageOne[i]) : 0;
        return entry - alpha * (curvature[i] * (entry - centre[i]) + pull);
      });
    }
    expect(values.length).toBe(expected.length);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 13);
    });
  });

  it('refuses what does not apply', async () => {
    const quadratic = setup(plane, { lambda: 0.5, steps: 10, seeds: 1 });
    await expect(ends(quadratic, { klAnchor: 1 })).rejects.toThrow('kl-anchor: got 1, expected a problem that it');
  });
});
