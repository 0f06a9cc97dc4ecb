import { expect, it } from 'vitest';
import { budgetExperiment } from '../../experiments/budget.js';
import { unlikePair } from '../../experiments/problems.js';
import type { ExperimentContext } from '../../src/experiment/experiment.js';
import { gapsAlongPath } from '../../src/experiment/early-stop.js';
import { solvedCurves } from '../../src/experiment/remedy-curves.js';
import { solvedGaps } from '../../src/experiment/remedy-gaps.js';
import { quadratic } from '../../src/convex/generate/quadratic.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { compareRemedies } from '../../src/remedy/compare.js';
import { bestCheckpoint } from '../../src/remedy/stage-two-path.js';
import { setup } from '../../src/remedy/setup.js';

const steps = { steps: 400, stepSize: '5/sqrt(T)' };

it('replay, own replies, KL anchor and budget are the front of a pair on which anchors, averages and checkpoints miss it', async () => {
  const problem = await unlikePair(0);
  const { curves, sequentialGap, stageOne, stageTwo } = await solvedCurves({
    ...{ data: problem.data, lambda: 0.5, intervals: 4 },
    ...steps,
  });
  const above = Object.fromEntries(curves.map(({ name, aboveFront }) => [name, aboveFront / sequentialGap]));
  for (const name of ['replay', 'own-replay', 'kl-anchor', 'budget', 'smooth-tchebycheff']) {
    expect(above[name], name).toBeLessThan(1e-9);
  }
  for (const name of ['l2-anchor', 'ewc-anchor', 'average', 'best-checkpoint', 'subspace']) {
    expect(above[name], name).toBeGreaterThan(1e-2);
  }
  expect(above['laplace-anchor']).toBeGreaterThan(1e-5);
  const replay = curves.find(({ name }) => name === 'replay');
  expect(replay?.points[0].sft).toBeCloseTo(stageTwo.sft, 8);
  expect(replay?.points[4].dpo).toBeCloseTo(stageOne.dpo, 8);
});

it('what remedies leave of Sequential’s gap is what the comparison says', async () => {
  const gaps = await solvedGaps({ firstSeed: 3, pairs: 1, dimension: 4, lambda: 0.3, ...steps });
  const problem = await parseProblem(quadratic({ dimension: 4, seed: 3 }));
  const { remedies, sequentialGap } = compareRemedies(setup(problem, { lambda: 0.3, seeds: 1, ...steps }));
  for (const { name, chosen, part } of gaps) {
    const row = remedies.find(
      (each) =>
        each.name === name && (chosen === 'fixed' || each.chosen === (chosen === 'convention' ? 'given' : chosen)),
    );
    expect(part, `${name}, ${chosen}`).toBeCloseTo((row?.limit?.gap ?? NaN) / (sequentialGap ?? NaN), 9);
  }
  expect(new Set(gaps.map(({ name }) => name)).size).toBe(18);
});

it('the gap along stage two ends at Sequential’s and is least at the best checkpoint', async () => {
  const problem = await parseProblem(quadratic({ dimension: 4, noise: 0, seed: 1 }));
  const task = { lambda: 0.5, steps: 4000, stepSize: 0.1 };
  const { parts } = await gapsAlongPath({ data: problem.data, ...task });
  expect(parts[4000]).toBeCloseTo(1, 6);
  const same = setup(problem, { lambda: 0.5, steps: 4000, split: [0, 4000], stepSize: '0.1', seeds: 1 });
  expect(parts.indexOf(Math.min(...parts))).toBe(bestCheckpoint(same));
});

it('a budget ends within the bounds of statement B of its enclosed point, and the more steps the nearer', async () => {
  const { runs, point } = await budgetExperiment.run({ quick: true, seed: 0 } as ExperimentContext);
  for (const { sft, dpo, bounds } of runs) {
    expect(sft - point.sft).toBeLessThanOrEqual(bounds.sft);
    expect(dpo - point.dpo.upper).toBeLessThanOrEqual(bounds.dpo);
  }
  const distances = runs.map(({ sft, dpo }) => Math.hypot(sft - point.sft, dpo - point.dpo.upper));
  expect(distances[distances.length - 1]).toBeLessThan(0.1 * distances[0]);
});
