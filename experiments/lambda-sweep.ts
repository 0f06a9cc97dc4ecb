import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { referenceOptima, type ReferenceOptima } from '../src/experiment/reference-optima.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { quadraticPair } from './problems.js';

/** Every schedule at every λ. */
export interface LambdaSweep {
  readonly steps: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly referenceOptima: readonly { readonly lambda: number; readonly at: ReferenceOptima }[];
  readonly runs: readonly { readonly key: ScheduleKey; readonly lambda: number; readonly result: EnsembleResult }[];
}

export const lambdaSweep: Experiment<LambdaSweep> = {
  name: 'lambda-sweep',
  async run(context) {
    const { quick } = context;
    const settings = { steps: quick ? 1000 : 4000, stepSize: '1/sqrt(T)', seeds: quick ? 8 : 16 };
    const problem = await quadraticPair(context.seed);
    const lambdas = evenlySpaced(0.05, 0.95, quick ? 7 : 13);
    const cases = comparedKeys.flatMap((key) => lambdas.map((lambda) => ({ key, lambda })));
    const members = cases.map(({ key, lambda }) => ({ ...compared[key], ...settings, lambda }));
    const limits = evenlySpaced(0.05, 0.95, quick ? 13 : 37).map(async (lambda) => ({
      lambda,
      at: await referenceOptima(context, problem, lambda),
    }));
    const found = await together({
      referenceOptima: Promise.all(limits),
      results: ensembles(context, problem, members),
    });
    const runs = cases.map((each, i) => ({ ...each, result: found.results[i] }));
    return { ...settings, referenceOptima: found.referenceOptima, runs };
  },
};
