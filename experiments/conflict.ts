import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { landmarks, type Landmarks } from '../src/experiment/landmarks.js';
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
  readonly landmarks: readonly { readonly conflict: number; readonly at: Landmarks }[];
  readonly runs: readonly { readonly key: ScheduleKey; readonly conflict: number; readonly result: EnsembleResult }[];
}

export const conflict: Experiment<Conflict> = {
  name: 'conflict',
  async run(laboratory) {
    const { quick } = laboratory;
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
        problem: await logLinearPair(laboratory.seed, { conflict: degree, examples: 400 }),
      })),
    );
    const runs = problems.map(async ({ conflict: degree, problem }) => {
      const members = comparedKeys.map((key) => ({ ...compared[key], ...settings }));
      const results = await ensembles(laboratory, problem, members);
      return comparedKeys.map((key, i) => ({ key, conflict: degree, result: results[i] }));
    });
    const limits = problems.map(async ({ conflict: degree, problem }) => ({
      conflict: degree,
      at: await landmarks(laboratory, problem, settings.lambda),
    }));
    const found = await together({ landmarks: Promise.all(limits), runs: Promise.all(runs) });
    return { ...settings, landmarks: found.landmarks, runs: found.runs.flat() };
  },
};
