import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { referenceOptima, type ReferenceOptima } from '../src/experiment/reference-optima.js';
import { evenlySpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { logLinearPair } from './problems.js';

/** Every schedule on log-linear pairs whose preferences go from aligned with the demonstrations to opposed. */
export interface Conflict {
  readonly lambda: number;
  readonly steps: number;
  readonly batch: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly referenceOptima: readonly { readonly conflict: number; readonly at: ReferenceOptima }[];
  readonly runs: readonly { readonly key: ScheduleKey; readonly conflict: number; readonly result: EnsembleResult }[];
}

export const conflict: Experiment<Conflict> = {
  name: 'conflict',
  async run(context) {
    const { quick } = context;
    const settings = {
      lambda: 0.5,
      steps: quick ? 1000 : 3000,
      batch: 4,
      stepSize: '1/sqrt(T)',
      seeds: quick ? 6 : 16,
    };
    const problems = await Promise.all(
      evenlySpaced(-1, 1, quick ? 5 : 9).map(async (degree) => ({
        conflict: degree,
        problem: await logLinearPair(context.seed, { conflict: degree, examples: 400 }),
      })),
    );
    const runs = problems.map(async ({ conflict: degree, problem }) => {
      const members = comparedKeys.map((key) => ({ ...compared[key], ...settings }));
      const results = await ensembles(context, problem, members);
      return comparedKeys.map((key, i) => ({ key, conflict: degree, result: results[i] }));
    });
    const limits = problems.map(async ({ conflict: degree, problem }) => ({
      conflict: degree,
      at: await referenceOptima(context, problem, settings.lambda),
    }));
    const found = await together({ referenceOptima: Promise.all(limits), runs: Promise.all(runs) });
    return { ...settings, referenceOptima: found.referenceOptima, runs: found.runs.flat() };
  },
};
