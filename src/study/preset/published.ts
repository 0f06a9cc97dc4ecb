import type { Preset } from './preset.js';

/** What the published runs have in common (github.com/heshandevaka/XRIGHT): data, training and scale. */
export const published = {
  source: { kind: 'hub', sft: 'vicgalle/alpaca-gpt4', preferences: 'Dahoas/rm-hh-rlhf' },
  training: { maximumLength: 2048, learningRate: 5e-5, beta: 0.1 },
  preset: { seed: 42, scheduleSettings: { period: 10 }, recompute: true },
  scale: {
    steps: 6000,
    seeds: 1,
    // One learning rate for everything.
    learningRateFactors: [1],
    sensitivitySeeds: 0,
    evaluateEvery: 250,
    optimumSteps: 9000,
    dpoOptimumSteps: 9000,
    horizons: [],
    sftExamples: 24_000,
  },
} as const satisfies {
  readonly source: Omit<Extract<Preset['source'], { kind: 'hub' }>, 'model'>;
  readonly training: Partial<Preset['training']>;
  readonly preset: Partial<Preset>;
  readonly scale: Partial<Preset['scale']>;
};
