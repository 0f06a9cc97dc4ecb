import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { referenceOptima, type ReferenceOptima } from '../src/experiment/reference-optima.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { forgettingNeedsPoints } from '../src/convex/simulate/scale-free.js';
import { chosenProblem, type ProblemDescription } from './given-problem.js';
import { logLinearPair } from './problems.js';

/** Every schedule on one log-linear pair, at one λ and the same number of steps. */
export interface ComparisonResults {
  readonly subject: ProblemDescription;
  readonly lambda: number;
  readonly steps: number;
  readonly batch: number;
  /** MAXRIGHT's. */
  readonly period: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly referenceOptima: ReferenceOptima;
  /** Whether f_SFT − f_SFT* is the KL divergence from the policy that SFT ends with, in nats. */
  readonly forgettingIsKl: boolean;
  readonly runs: readonly { readonly key: ScheduleKey; readonly result: EnsembleResult }[];
}

export const comparison: Experiment<ComparisonResults> = {
  name: 'comparison',
  takesProblem: true,
  async run(context) {
    const { quick } = context;
    const { problem, firstStep, subject } = await chosenProblem(context, {
      make: () => logLinearPair(context.seed),
      description: 'log-linear pair on R^10',
      firstStep: 1,
    });
    const settings = {
      lambda: 0.5,
      steps: quick ? 1000 : 4000,
      batch: 8,
      stepSize: `${firstStep}/sqrt(T)`,
      seeds: quick ? 10 : 32,
    };
    const period = 10;
    const record = evenlySpaced(0, settings.steps, 101);
    const found = await together({
      referenceOptima: referenceOptima(context, problem, settings.lambda),
      results: ensembles(
        context,
        problem,
        comparedKeys.map((key) => ({ ...compared[key], ...settings, period, record })),
      ),
    });
    const runs = comparedKeys.map((key, i) => ({ key, result: found.results[i] }));
    const { point } = found.referenceOptima.sft;
    const forgettingIsKl =
      problem.data.kind === 'log-linear' && !forgettingNeedsPoints(problem, Float64Array.from(point));
    return { subject, ...settings, period, referenceOptima: found.referenceOptima, forgettingIsKl, runs };
  },
};
