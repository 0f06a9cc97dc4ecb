import { ensembles, type EnsembleResult, type EnsembleSettings } from '../src/experiment/comparison.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';
import { logLinearPair, quadraticPair } from './problems.js';
import { paper } from '../src/schedule/key.js';

/** MAXRIGHT that chooses by estimated values, at many horizons T, each with the constant step of its own T. */
export interface NoiseFloor {
  /** λ on each problem. */
  readonly lambdas: Readonly<Record<NoiseFloorRun['problem'], number>>;
  readonly stepSize: string;
  readonly seeds: number;
  readonly runs: readonly NoiseFloorRun[];
}

/** One horizon under one way of estimating. */
export interface NoiseFloorRun {
  readonly problem: 'quadratic' | 'log-linear';
  readonly estimate: string;
  readonly steps: number;
  readonly result: EnsembleResult;
}

/** Where the multipliers of θ° are far from ½, a noisy choice between the two objectives is biased most. */
const lambdas = { quadratic: 0.1, 'log-linear': 0.3 } as const;

/** How values are estimated: by adding noise, and on minibatches. */
const estimates: readonly {
  readonly problem: NoiseFloorRun['problem'];
  readonly estimate: string;
  readonly settings: Pick<EnsembleSettings, 'batch' | 'values' | 'gradientBatch' | 'valueNoise'>;
}[] = [
  ...[0, 0.1, 0.3, 1].map((valueNoise) => ({
    problem: 'quadratic' as const,
    estimate: valueNoise === 0 ? 'exact' : `noise ${valueNoise}`,
    settings: { valueNoise },
  })),
  { problem: 'log-linear', estimate: 'exact, batch 1', settings: { values: 'full' } },
  ...[16, 4, 1].map((batch) => ({
    problem: 'log-linear' as const,
    estimate: `batch ${batch}`,
    settings: { batch },
  })),
  { problem: 'log-linear', estimate: 'batch 1, fresh', settings: { batch: 1, gradientBatch: 'fresh' } },
];

export const noiseFloor: Experiment<NoiseFloor> = {
  name: 'noise-floor',
  async run(context) {
    const { quick, seed } = context;
    const settings = { schedule: paper.maxright, stepSize: '1/sqrt(T)', seeds: quick ? 6 : 16 };
    const problems = {
      quadratic: await quadraticPair(seed),
      'log-linear': await logLinearPair(seed, { examples: 50 }),
    };
    const horizons = quick ? logSpaced(10, 1000, 2) : logSpaced(10, 10_000, 2);
    const runs = (['quadratic', 'log-linear'] as const).map(async (problem) => {
      const cases = estimates
        .filter((each) => each.problem === problem)
        .flatMap((each) => horizons.map((steps) => ({ ...each, steps })));
      const members = cases.map(({ settings: how, steps }) => ({
        ...settings,
        ...how,
        lambda: lambdas[problem],
        steps,
      }));
      const results = await ensembles(context, problems[problem], members);
      return cases.map(({ estimate, steps }, i) => ({ problem, estimate, steps, result: results[i] }));
    });
    return { ...settings, lambdas, runs: (await Promise.all(runs)).flat() };
  },
};
