import { minimizeChebyshev } from '../src/convex/optimum/chebyshev.js';
import { idealPoint } from '../src/convex/optimum/weighted-sum.js';
import { ensembles } from '../src/experiment/comparison.js';
import { referenceOptima } from '../src/experiment/reference-optima.js';
import type { Experiment } from '../src/experiment/experiment.js';
import type { Estimate } from '../src/base/statistics.js';
import { maxright } from '../src/schedule/maxright.js';
import { quadraticPair } from './problems.js';

/** MAXRIGHT that is told wrong optima, f_i* + η_i. */
export interface OptimumError {
  readonly lambda: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly runs: readonly {
    /** |w_DPO η_DPO − w_SFT η_SFT|. */
    readonly difference: number;
    readonly steps: number;
    readonly maxGap: Estimate;
  }[];
  /** F_max at the minimiser for the wrong optima, less min F_max: what no number of steps removes. */
  readonly limits: readonly { readonly difference: number; readonly maxGap: number }[];
}

export const optimumError: Experiment<OptimumError> = {
  name: 'optimum-error',
  async run(context) {
    const { quick } = context;
    const settings = { schedule: maxright.name, lambda: 0.3, stepSize: '1/sqrt(T)', seeds: quick ? 8 : 20 };
    const { lambda } = settings;
    const problem = await quadraticPair(context.seed);
    const { optima } = await referenceOptima(context, problem, lambda);
    const differences = quick ? [0.01, 0.1, 1] : [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
    // Half of the difference on either side.
    const errorOf = (difference: number) => ({
      dpo: difference / 2 / lambda,
      sft: -difference / 2 / (1 - lambda),
    });
    const cases = (quick ? [300, 3000] : [300, 3000, 30_000]).flatMap((steps) =>
      differences.map((difference) => ({ steps, difference })),
    );
    const members = cases.map(({ steps, difference }) => ({ ...settings, steps, optimumError: errorOf(difference) }));
    const results = await ensembles(context, problem, members);
    const ideal = idealPoint(problem);
    const limits = differences.map((difference) => {
      const error = errorOf(difference);
      const told = { dpo: ideal.dpo.value + error.dpo, sft: ideal.sft.value + error.sft };
      const { minimizer } = minimizeChebyshev(problem, lambda, ideal, told);
      const gaps = [
        lambda * (problem.objectives.dpo.value(minimizer) - ideal.dpo.value),
        (1 - lambda) * (problem.objectives.sft.value(minimizer) - ideal.sft.value),
      ];
      return { difference, maxGap: Math.max(...gaps) - optima.chebyshev };
    });
    return {
      ...settings,
      runs: cases.map((each, i) => ({ ...each, maxGap: results[i].measures[0].maxGap })),
      limits,
    };
  },
};
