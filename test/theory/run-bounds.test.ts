import { expect, it } from 'vitest';
import { runBounds, type DescribedRun } from '../../src/theory/run-bounds.js';
import { problemSubject } from '../../src/theory/subject.js';
import { logLinear } from '../../src/convex/generate/log-linear.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { schedules } from '../../src/schedule/index.js';
import { ensembleMeasures } from '../../src/convex/simulate/measures.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import { runTrajectory } from '../../src/convex/simulate/trajectory.js';
import { closedFormFile, planeFile } from '../problems.js';

const [steps, lambda] = [120, 0.3];

const onBall = ['A.average', 'A.last', 'A.last.linear', 'A.last.steps'];
const onFreeQuadratics = ['A.smooth', 'S.finite', 'S.finite.mean', 'S.limit', 'X.smooth'];

const problems = [
  ['the closed-form pair', closedFormFile(0.2), onFreeQuadratics],
  ['quadratics on R^d', planeFile({ noise: 0.2 }), onFreeQuadratics],
  [
    'quadratics on a ball',
    planeFile({ noise: 0.2, radius: 2 }),
    [...onBall, 'M.exact', 'M.stale', 'S.limit', 'X.average', 'X.last', 'X.last.linear', 'X.last.steps'],
  ],
  [
    'a log-linear pair',
    logLinear({ dimension: 2, examples: 12, seed: 3 }),
    [...onBall, 'M.noisy.shared', 'X.average', 'X.last', 'X.last.linear', 'X.last.steps'],
  ],
] as const;

const runs: readonly Required<Pick<DescribedRun, 'schedule' | 'order' | 'period'>>[] = [
  { schedule: 'sequential', order: 'sft-dpo', period: 1 },
  { schedule: 'sequential', order: 'dpo-sft', period: 1 },
  { schedule: 'mix', order: 'sft-dpo', period: 1 },
  { schedule: 'alright', order: 'sft-dpo', period: 1 },
  { schedule: 'maxright', order: 'sft-dpo', period: 1 },
  { schedule: 'maxright', order: 'sft-dpo', period: 10 },
];

it.each(problems)('what the theorems say of runs on %s holds', async (name, file, theorems) => {
  const problem = await parseProblem(JSON.parse(JSON.stringify(file)));
  const subject = problemSubject(name, problem, lambda);
  const speaking = new Set<string>();
  for (const rule of ['0.02', '0.5/sqrt(T)', 'linear:0.05']) {
    for (const { schedule, order, period } of runs) {
      const split = [steps / 2, steps / 2] as const;
      const run: DescribedRun = { schedule, order, split, period, stepSizes: stepSizes(rule, steps) };
      const ideal = { dpo: subject.ideal.dpo.value, sft: subject.ideal.sft.value };
      const optima = {
        lambda,
        ideal,
        weightedSum: subject.weightedSum.value,
        chebyshev: subject.chebyshev.value,
      };
      const trajectories = Array.from({ length: 20 }, (_, seed) =>
        runTrajectory(
          problem,
          schedules[schedule],
          {
            schedule: { lambda, steps, order, split, period, ideal },
            stepSizes: run.stepSizes,
            batch: 1,
            values: 'minibatch',
            gradientBatch: 'shared',
            record: [steps / 2 + 20, steps],
          },
          seed,
        ),
      );
      for (const bound of runBounds(subject, run)) {
        if ('reason' in bound) continue;
        speaking.add(bound.theorem.id);
        expect(bound.theorem.value(bound.constants)).toBe(bound.after(steps));
        [steps / 2 + 20, steps].forEach((after, at) => {
          const measured = ensembleMeasures(trajectories, at, optima)[bound.measure];
          const [low, high] = measured.ci95 ?? [NaN, NaN];
          const value = bound.after(after);
          const where = `${bound.theorem.id}, ${schedule}, ${rule}, ${after} steps`;
          // Where nothing is random the interval is a point, known to rounding.
          const slack = (high - low) / 2 + 1e-12;
          if (Number.isNaN(value) || bound.theorem.id === 'S.limit') return;
          if (bound.theorem.kind === 'lower') expect(high + slack, where).toBeGreaterThanOrEqual(value);
          else expect(low - slack, where).toBeLessThanOrEqual(value);
        });
      }
    }
  }
  expect([...speaking].sort()).toEqual(theorems);
});

it('says Δ = 2λ² of the closed-form pair, DPO first, and why other theorems are silent', async () => {
  const problem = await parseProblem(closedFormFile(0.2));
  const subject = problemSubject('closed-form', problem, lambda);
  const run = { schedule: 'sequential', order: 'dpo-sft', split: [50, 50], period: 1 } as const;
  const [limit, finite] = runBounds(subject, { ...run, stepSizes: stepSizes('0.5/sqrt(t)', 100) });
  expect('reason' in limit ? NaN : limit.after(100)).toBeCloseTo(2 * lambda ** 2, 12);
  expect(finite).toMatchObject({ reason: 'it needs a constant step size' });
  const [average] = runBounds(subject, { ...run, schedule: 'alright', stepSizes: stepSizes('0.1', 100) });
  expect(average).toMatchObject({ reason: 'no bound on the gradients without a ball' });
});
