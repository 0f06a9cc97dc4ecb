import { expect, it } from 'vitest';
import { compareRemedies } from '../../src/remedy/compare.js';
import { setup } from '../../src/remedy/setup.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { logLinear } from '../../src/convex/generate/log-linear.js';
import { remedyBound } from '../../src/theory/remedy-bound.js';

it('runs of schedules are bounded after as many steps, a budget where it has the tolerance that statement B needs', async () => {
  const problem = await parseProblem(
    quadratic({ dimension: 2, condition: 5, radius: 3, noise: 0, start: [-2, 1], seed: 6 }),
  );
  const rows = (tolerance: number) =>
    compareRemedies(setup(problem, { lambda: 0.3, steps: 400, stepSize: '0.5/sqrt(T)', seeds: 4, tolerance }), {
      only: ['alright', 'mix', 'replay', 'budget', 'alternating', 'sequential', 'average'],
      boundOf: remedyBound,
    }).remedies.filter(({ chosen }) => chosen !== 'hindsight');
  const statements = (tolerance: number) =>
    Object.fromEntries(rows(tolerance).map(({ name, boundedBy }) => [name, boundedBy]));
  expect(statements(4)).toEqual({
    alright: { statement: 'A.last', of: 'run' },
    mix: { statement: 'X.last', of: 'run' },
    replay: { statement: 'L.replay.last', of: 'run' },
    budget: { statement: 'B.gap', of: 'run' },
    alternating: { statement: 'C.last', of: 'run' },
    sequential: { statement: 'L.term', of: 'limit' },
    average: { statement: 'L.term', of: 'limit' },
  });
  expect(statements(0).budget).toEqual({ statement: 'L.term', of: 'limit' });
  for (const { name, bound, boundedBy, measured, limit } of rows(4)) {
    const bounded = boundedBy?.of === 'run' ? measured?.gap.mean : limit?.gap;
    expect(bounded, name).toBeLessThanOrEqual((bound ?? NaN) + 1e-12);
  }
});

it('a term on a log-linear pair is bounded on the ball, where no modulus is known', async () => {
  const problem = await parseProblem(
    logLinear({ dimension: 3, candidates: 3, examples: 12, conflict: 1, radius: 1, seed: 1 }),
  );
  const { remedies } = compareRemedies(setup(problem, { lambda: 0.4, steps: 20, seeds: 1 }), {
    only: ['l2-anchor', 'kl-anchor', 'chosen-nll'],
    boundOf: remedyBound,
  });
  for (const { name, limit, bound, boundedBy } of remedies) {
    expect(boundedBy, name).toEqual({ statement: 'L.term.ball', of: 'limit' });
    expect(limit?.gap).toBeLessThanOrEqual((bound ?? NaN) + 1e-9);
  }
});

it('two objectives that are constant have bounds of 0, not of 0/0', async () => {
  const still = { hessian: [[0]], minimizer: [0] };
  const problem = await parseProblem({ kind: 'quadratic', objectives: { dpo: still, sft: still }, start: [0] });
  const { remedies } = compareRemedies(setup(problem, { lambda: 0.5, steps: 4, seeds: 1 }), {
    only: ['replay', 'mix', 'alright'],
    boundOf: remedyBound,
  });
  expect(remedies.map(({ bound }) => bound)).toEqual([0, 0, 0]);
});

it('weights whose inverse is no number are refused', async () => {
  const problem = await parseProblem(quadratic({ dimension: 1, condition: 1, seed: 0 }));
  expect(() => setup(problem, { lambda: 5e-324 })).toThrow('lambda: got 5e-324, expected 0, or at least 1e-100');
});
