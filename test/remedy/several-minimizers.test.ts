import { expect, it } from 'vitest';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { ProblemFile } from '../../src/convex/problem/format.js';
import { compareRemedies } from '../../src/remedy/compare.js';
import { setup } from '../../src/remedy/setup.js';

// f_SFT = ½x² has the line x = 0 of minimisers; from (1, 1) gradient steps end at (0, 1). f_DPO is least at (2, 3).
const line: ProblemFile = {
  kind: 'quadratic',
  objectives: {
    dpo: { hessian: [[1, 0], [0, 1]], minimizer: [2, 3], noise: 0 },
    sft: { hessian: [[1, 0], [0, 0]], minimizer: [0, 0], noise: 0 },
  },
  start: [1, 1],
}; // prettier-ignore

it('limits begin at the minimiser of stage one that runs come to, and a budget of 0 picks the best of them', async () => {
  const at = setup(await parseProblem(line), { lambda: 0.5, stepSize: '0.1', seeds: 1 });
  const only = ['l2-anchor', 'average', 'subspace', 'budget'];
  const given = { l2Anchor: '1', average: '0.5', subspace: '2', forgetAtMost: '0' };
  const rows = compareRemedies(at, { only, given }).remedies.filter(({ chosen }) => chosen === 'given');
  const limits = Object.fromEntries(rows.map(({ name, limit }) => [name, Array.from(limit?.minimizer ?? [])]));
  const expected = { 'l2-anchor': [1, 2], average: [1, 2], subspace: [2, 3], budget: [0, 3] };
  for (const [name, point] of Object.entries(expected)) {
    expect(Math.hypot(...point.map((entry, i) => entry - limits[name][i])), name).toBeLessThan(1e-6);
  }
  for (const { name, limit, measured } of rows) {
    if (name !== 'budget') expect(measured?.gap.mean, name).toBeCloseTo(limit?.gap ?? NaN, 9);
  }
});

// Both examples of SFT say nothing of the second coordinate, in which stage one stays where it starts.
const flat: ProblemFile = {
  kind: 'log-linear',
  dimension: 2,
  beta: 1,
  reference: [0, 0],
  radius: 10,
  start: [0, 0.5],
  sft: [0, 1].map((target) => ({ candidates: [[1, 0], [-1, 0]], target })),
  dpo: [
    { chosen: [1, 1], rejected: [0, 0] },
    { chosen: [0, 0], rejected: [1, 2] },
    { chosen: [1, 0], rejected: [0, 2] },
  ],
}; // prettier-ignore

it('no limit is given that begins at a minimiser which runs need not come to', async () => {
  const at = setup(await parseProblem(flat), { lambda: 0.5, steps: 200, seeds: 1 });
  const only = [
    'l2-anchor',
    'ewc-anchor',
    'laplace-anchor',
    'average',
    'fisher-average',
    'subspace',
    'best-checkpoint',
  ];
  for (const { name, limit, reason, measured } of compareRemedies(at, { only }).remedies) {
    expect(limit, name).toBeNull();
    expect(reason, name).toMatch(/single minimiser/);
    expect(measured, name).not.toBeNull();
  }
});

it('a parameter of two remedies, of which one applies, is that one’s', async () => {
  const at = setup(await parseProblem(line), { lambda: 0.5, steps: 20, seeds: 1 });
  const { remedies } = compareRemedies(at, { given: { replay: '0.2' } });
  const given = remedies.find(({ name, chosen }) => name === 'replay' && chosen === 'given');
  expect(given?.parameters).toEqual({ replay: 0.2 });
  expect(remedies.find(({ name }) => name === 'own-replay')?.reason).toMatch(/log-linear/);
  expect(() => compareRemedies(at, { only: ['own-replay'], given: { replay: '0.2' } })).toThrow(/log-linear/);
});
