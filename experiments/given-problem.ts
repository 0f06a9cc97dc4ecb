import type { ExperimentContext } from '../src/experiment/experiment.js';
import type { Problem } from '../src/convex/problem/problem.js';
import { significant } from '../src/base/text.js';

/** What an experiment runs on where the user gives no problem. */
export interface StandardProblem {
  readonly make: () => Promise<Problem>;
  /** What figures call it. */
  readonly description: string;
  /** α0 of its steps. */
  readonly firstStep: number;
}

/** The problem of an experiment. */
export interface ChosenProblem {
  readonly problem: Problem;
  readonly firstStep: number;
  readonly subject: ProblemDescription;
}

/** What figures say of an experiment's problem. */
export interface ProblemDescription {
  readonly description: string;
  /** Whether the user gave it, so that nothing is known beforehand of what will be seen. */
  readonly given: boolean;
}

/** The problem that the user gave, with α0 = 1/L, L the larger smoothness of its objectives (1 where none is known); otherwise the standard one. */
export async function chosenProblem(
  { given }: ExperimentContext,
  { make, description, firstStep }: StandardProblem,
): Promise<ChosenProblem> {
  if (given === undefined) return { problem: await make(), firstStep, subject: { description, given: false } };
  const { name, problem } = given;
  const { dpo, sft } = problem.objectives;
  const smoothness = Math.max(dpo.constants.smoothness, sft.constants.smoothness);
  return {
    problem,
    firstStep: smoothness > 0 && smoothness < Infinity ? Number(significant(1 / smoothness, 2)) : 1,
    subject: { description: `${name}, d = ${problem.dimension}`, given: true },
  };
}
