import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment, ExperimentContext } from '../src/experiment/experiment.js';
import { front, referenceOptima, type FrontPoint } from '../src/experiment/reference-optima.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import type { Problem } from '../src/convex/problem/problem.js';
import type { Pair } from '../src/schedule/schedule.js';
import { compared, comparedKeys } from './compared.js';
import { chosenProblem, type ProblemDescription } from './given-problem.js';
import { logLinearPair } from './problems.js';

/** Everything that differs between trade-offs on different problems. */
export interface TradeOffSettings {
  readonly steps: number;
  readonly batch: number;
  /** What MAXRIGHT chooses by. */
  readonly values: 'minibatch' | 'full';
  readonly stepSize: string;
  readonly seeds: number;
  /** How many points of the Pareto front are solved for. */
  readonly frontPoints: number;
}

/** Where every schedule goes in objective space, for several weights of DPO. */
export interface TradeOff extends Omit<TradeOffSettings, 'frontPoints'> {
  readonly ideal: Pair;
  readonly front: readonly FrontPoint[];
  /** `lambda` is DPO's weight, and for the sequential runs DPO's share of the steps. */
  readonly runs: readonly { readonly key: ScheduleKey; readonly lambda: number; readonly result: EnsembleResult }[];
}

/** The settings of a trade-off on real data, but for the step size. */
export function realDataSettings(quick: boolean): Omit<TradeOffSettings, 'stepSize'> {
  return {
    ...{ steps: quick ? 400 : 2000, batch: 8, values: 'minibatch', seeds: quick ? 4 : 8 },
    frontPoints: quick ? 13 : 19,
  };
}

/** The weights that runs are made for. */
export const lambdas = [0.01, 0.25, 0.5, 0.75, 0.99];

/** The λ of the measures: only the two objectives are shown, and no minimum depends on it. */
const measuredAt = 0.5;

export const tradeOff: Experiment<TradeOff & { readonly subject: ProblemDescription }> = {
  name: 'trade-off',
  takesProblem: true,
  async run(context) {
    // A start far from the front, so that the paths are seen to come to it.
    const start = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const { problem, firstStep, subject } = await chosenProblem(context, {
      make: () => logLinearPair(context.seed, { start, examples: 60 }),
      description: 'log-linear pair on R^10',
      firstStep: 3,
    });
    const { quick } = context;
    const measured = await measuredTradeOff(context, problem, {
      steps: quick ? 500 : 2000,
      batch: 8,
      values: 'full',
      stepSize: `${firstStep}/sqrt(T)`,
      seeds: quick ? 6 : 16,
      frontPoints: 41,
    });
    return { subject, ...measured };
  },
};

/** Runs every schedule for every weight, and solves for the front. */
export async function measuredTradeOff(
  context: ExperimentContext,
  problem: Problem,
  { frontPoints, ...settings }: TradeOffSettings,
): Promise<TradeOff> {
  const { steps } = settings;
  const record = [...new Set(evenlySpaced(0, 1, 41).map((part) => Math.round(steps * part ** 2)))];
  const cases = comparedKeys.flatMap((key) => lambdas.map((lambda) => ({ key, lambda })));
  const members = cases.map(({ key, lambda }) => {
    const dpoSteps = Math.round(lambda * steps);
    const { order } = compared[key];
    const split: [number, number] = order === 'dpo-sft' ? [dpoSteps, steps - dpoSteps] : [steps - dpoSteps, dpoSteps];
    const stages = order === undefined ? {} : { split };
    return { ...compared[key], ...stages, ...settings, lambda, measuredAt, record };
  });
  const found = await together({
    marks: referenceOptima(context, problem, measuredAt),
    front: front(context, problem, [0, ...lambdas, 1], frontPoints),
    results: ensembles(context, problem, members),
  });
  const runs = cases.map((each, i) => ({ ...each, result: found.results[i] }));
  return { ...settings, ideal: found.marks.optima.ideal, front: found.front, runs };
}
