import { ensemble, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment, Laboratory } from '../src/experiment/experiment.js';
import { front, landmarks, type FrontPoint } from '../src/experiment/landmarks.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import type { ScheduleKey } from '../src/figure/theme.js';
import type { Problem } from '../src/problem/problem.js';
import type { Pair } from '../src/schedule/schedule.js';
import { compared, comparedKeys } from './compared.js';
import { logLinearPair } from './problems.js';

/** Where every schedule goes in objective space, for several weights of DPO. */
export interface TradeOff {
  readonly steps: number;
  readonly batch: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly ideal: Pair;
  readonly front: readonly FrontPoint[];
  /** `lambda` is DPO's weight, and for the sequential runs DPO's share of the steps. */
  readonly runs: readonly { readonly key: ScheduleKey; readonly lambda: number; readonly result: EnsembleResult }[];
}

/** Everything that differs between trade-offs on different problems. */
export interface TradeOffSettings {
  readonly steps: number;
  readonly batch: number;
  readonly stepSize: string;
  readonly seeds: number;
  /** How many points of the Pareto front are solved for. */
  readonly frontPoints: number;
}

const lambdas = [0.01, 0.25, 0.5, 0.75, 0.99];

export const tradeOff: Experiment<TradeOff> = {
  name: 'trade-off',
  async run(laboratory) {
    const problem = await logLinearPair(laboratory.seed, { conflict: 0.5 });
    const { quick } = laboratory;
    return measuredTradeOff(laboratory, problem, {
      steps: quick ? 600 : 4000,
      batch: 1,
      stepSize: '1/sqrt(T)',
      seeds: quick ? 8 : 32,
      frontPoints: quick ? 21 : 61,
    });
  },
};

/** Runs every schedule for every weight, and solves for the front. */
export async function measuredTradeOff(
  laboratory: Laboratory,
  problem: Problem,
  { frontPoints, ...settings }: TradeOffSettings,
): Promise<TradeOff> {
  const { steps } = settings;
  const record = [...new Set(evenlySpaced(0, 1, 41).map((part) => Math.round(steps * part ** 2)))];
  const runs = comparedKeys.flatMap((key) =>
    lambdas.map(async (lambda) => {
      const dpoSteps = Math.round(lambda * steps);
      const { order } = compared[key];
      const split: [number, number] = order === 'dpo-sft' ? [dpoSteps, steps - dpoSteps] : [steps - dpoSteps, dpoSteps];
      const stages = order === undefined ? {} : { split };
      const result = await ensemble(laboratory, problem, { ...compared[key], ...stages, ...settings, lambda, record });
      return { key, lambda, result };
    }),
  );
  // Near the ends of the front a small change of λ moves far: λ spaced evenly in its logit.
  const ends = evenlySpaced(-7, 7, frontPoints - 2).map((logit) => 1 / (1 + Math.exp(-logit)));
  const { optima } = await landmarks(laboratory, problem, 0.5);
  return {
    ...settings,
    ideal: optima.ideal,
    front: await front(laboratory, problem, [0, ...ends, 1]),
    runs: await Promise.all(runs),
  };
}
