import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { quadraticPair } from './problems.js';
import { paper } from '../src/schedule/key.js';

/** MAXRIGHT with every period at several horizons. */
export interface Period {
  readonly lambda: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly runs: readonly { readonly period: number; readonly steps: number; readonly result: EnsembleResult }[];
}

export const period: Experiment<Period> = {
  name: 'period',
  async run(context) {
    const { quick } = context;
    const settings = { schedule: paper.maxright, lambda: 0.3, stepSize: '1/sqrt(T)', seeds: quick ? 8 : 20 };
    const problem = await quadraticPair(context.seed);
    const cases = (quick ? [300, 3000] : [300, 3000, 30_000]).flatMap((steps) =>
      [1, 2, 5, 10, 20, 50, 100].map((k) => ({ period: k, steps })),
    );
    const members = cases.map((each) => ({ ...settings, ...each }));
    const results = await ensembles(context, problem, members);
    return { ...settings, runs: cases.map((each, i) => ({ ...each, result: results[i] })) };
  },
};
