import type { Experiment } from '../src/experiment/experiment.js';
import { front, type FrontPoint } from '../src/experiment/reference-optima.js';
import { remedyCurves, type RemedyCurves } from '../src/experiment/remedy-curves.js';
import { together } from '../src/experiment/together.js';
import { chosenProblem, type ProblemDescription } from './given-problem.js';
import { unlikePair } from './problems.js';

/** The curves of the remedies in objective space, and the certified front. */
export interface Remedies extends RemedyCurves {
  readonly subject: ProblemDescription;
  readonly lambda: number;
  readonly front: readonly FrontPoint[];
}

/** The weights of the front that are solved for in any case. */
const frontWeights = [0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1];

export const remedies: Experiment<Remedies> = {
  name: 'remedies',
  takesProblem: true,
  async run(context) {
    const { problem, firstStep, subject } = await chosenProblem(context, {
      make: () => unlikePair(context.seed),
      description: 'log-linear pair on R^4',
      firstStep: 5,
    });
    const lambda = 0.5;
    const found = await together({
      front: front(context, problem, frontWeights, 41),
      curves: remedyCurves(context, {
        ...{ data: problem.data, lambda },
        ...{ steps: 4000, stepSize: `${firstStep}/sqrt(T)`, intervals: context.quick ? 16 : 32 },
      }),
    });
    return { subject, lambda, front: found.front, ...found.curves };
  },
};
