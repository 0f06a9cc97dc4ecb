import { ensembles, type EnsembleResult } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { landmarks, type Landmarks } from '../src/experiment/landmarks.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { together } from '../src/experiment/together.js';
import type { ScheduleKey } from '../src/schedule/key.js';
import { compared, comparedKeys } from './compared.js';
import { quadraticPair } from './problems.js';

/** Every schedule at many horizons T, each with the constant step α0/√T of its own T. */
export interface GapVersusSteps {
  readonly lambda: number;
  readonly stepSize: string;
  readonly seeds: number;
  readonly landmarks: Landmarks;
  readonly runs: readonly { readonly key: ScheduleKey; readonly steps: number; readonly result: EnsembleResult }[];
}

export const gapVersusSteps: Experiment<GapVersusSteps> = {
  name: 'gap-versus-steps',
  async run(laboratory) {
    const [lambda, stepSize] = [0.3, '1/sqrt(T)'];
    const seeds = laboratory.quick ? 10 : 16;
    const problem = await quadraticPair(laboratory.seed);
    const horizons = laboratory.quick ? logSpaced(10, 1e4, 2) : logSpaced(10, 1e5, 2);
    const cases = comparedKeys.flatMap((key) => horizons.map((steps) => ({ key, steps })));
    const members = cases.map(({ key, steps }) => ({ ...compared[key], lambda, steps, stepSize, seeds }));
    const found = await together({
      landmarks: landmarks(laboratory, problem, lambda),
      results: ensembles(laboratory, problem, members),
    });
    const runs = cases.map((each, i) => ({ ...each, result: found.results[i] }));
    return { lambda, stepSize, seeds, landmarks: found.landmarks, runs };
  },
};
