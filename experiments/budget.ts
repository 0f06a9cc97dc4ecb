import { enclosedFront } from '../src/convex/front/enclosed-front.js';
import { chooseOnFront } from '../src/convex/front/choose.js';
import { quadratic } from '../src/convex/generate/quadratic.js';
import { idealPoint } from '../src/convex/optimum/weighted-sum.js';
import { runTrajectory } from '../src/convex/simulate/trajectory.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { budget } from '../src/schedule/budget.js';
import type { Pair } from '../src/schedule/schedule.js';
import { constantSteps } from '../src/theory/described-run.js';
import { maxrightBound } from '../src/theory/bounded-gradients.js';
import { budgetMethod, leastTolerance } from '../src/theory/budget-runs.js';
import { budgetFirst } from '../src/theory/statement/budget-first.js';
import { budgetObjective } from '../src/theory/statement/budget-objective.js';
import { bestStep } from '../src/theory/subgradient-method.js';
import { problemSubject } from '../src/theory/subject.js';
import type { Theorem } from '../src/theory/theorem.js';
import { problemOf } from './problems.js';

/** What a budget hands over after T steps, beside the point of the front that it asks for. */
export interface BudgetResults {
  /** δ. */
  readonly forgetAtMost: number;
  /** The enclosed point: f_SFT* + δ, and the least f_DPO there between two numbers. */
  readonly point: { readonly sft: number; readonly dpo: { readonly lower: number; readonly upper: number } };
  readonly ideal: Pair;
  /** The inner polygon of the enclosed front, by increasing f_DPO. */
  readonly front: readonly Pair[];
  readonly start: Pair;
  readonly runs: readonly BudgetRun[];
}

/** The average over the steps on f_DPO of a run of T steps. */
export interface BudgetRun extends Pair {
  readonly steps: number;
  /** How far both may lie above the point, by B.second and B.first. */
  readonly bounds: Pair;
}

/** Gradients and values are exact, so that statement B speaks of every single run. */
export const budgetExperiment: Experiment<BudgetResults> = {
  name: 'budget',
  async run({ quick, seed }) {
    const forgetAtMost = 0.1;
    const start = [-1, 1, -1, 1];
    const problem = await problemOf(quadratic({ dimension: 4, noise: 0, radius: 4, start, seed }));
    const front = enclosedFront(problem, { error: 1e-3 });
    const { choice } = chooseOnFront(front, { forgetAtMost });
    if (typeof choice.dpo === 'number' || typeof choice.sft !== 'number') throw new Error('a budget bounds f_SFT');
    const { dpo, sft } = idealPoint(problem);
    const ideal = { dpo: dpo.value, sft: sft.value };
    // The end of the enclosed λ that is within the budget: its minimiser is what the statements compare with.
    const subject = problemSubject('budget', problem, choice.lambda[0]);
    const runs = logSpaced(10, quick ? 10_000 : 100_000, 4).map((steps): BudgetRun => {
      const alpha = bestStep(budgetMethod, subject, steps);
      const known = { alpha, T: steps, D0: subject.distances.weightedSum, G: maxrightBound(subject) };
      const tolerance = leastTolerance(known) * (1 + 1e-12);
      const stepSizes = constantSteps(alpha, steps);
      const run = { schedule: budget.name, stepSizes, forgetAtMost, tolerance, values: 'full' } as const;
      const bound = (statement: Theorem): number => {
        const applied = statement.applies(subject, run);
        const constants = 'reason' in applied ? undefined : applied.at(steps);
        if (constants === undefined) throw new Error('a statement on budgets that is silent');
        return statement.value(constants);
      };
      const { averageValues } = runTrajectory(
        problem,
        budget,
        {
          schedule: { lambda: subject.lambda, steps, ideal, forgetAtMost, tolerance },
          ...{ stepSizes, batch: 1, values: 'full', gradientBatch: 'shared', record: [steps] },
        },
        seed,
      );
      return {
        ...{ steps, dpo: averageValues[0], sft: averageValues[1] },
        bounds: { dpo: bound(budgetObjective), sft: bound(budgetFirst) - forgetAtMost },
      };
    });
    return {
      ...{ forgetAtMost, ideal, runs, point: { sft: choice.sft, dpo: choice.dpo } },
      start: {
        dpo: problem.objectives.dpo.value(problem.start),
        sft: problem.objectives.sft.value(problem.start),
      },
      front: front.inner.map(([first, second]) => ({ dpo: first, sft: second })),
    };
  },
};
