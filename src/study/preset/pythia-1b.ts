import type { Preset } from './preset.js';

/** Six epochs of 24,000 SFT examples and 8,000 preferences, in steps of 24 and 8 on one device. */
const scale = {
  steps: 6000,
  seeds: 1,
  lambdas: [0.01, 0.25, 0.5, 0.75, 0.99],
  // The published runs take one learning rate for everything.
  learningRateFactors: [1],
  sensitivitySeeds: 0,
  evaluateEvery: 250,
  optimumSteps: 9000,
  dpoOptimumSteps: 9000,
  horizons: [],
  sftExamples: 24_000,
  preferencePairs: 8000,
  // The published runs evaluate on ten batches.
  evaluatedExamples: 120,
  heldOutExamples: 120,
};

/** The published runs on Pythia-1b (github.com/heshandevaka/XRIGHT); two devices there are two batches a step here. */
export const pythia1b: Preset = {
  name: 'pythia-1b',
  description: 'the published settings for Pythia-1b',
  source: {
    kind: 'hub',
    model: 'EleutherAI/pythia-1b',
    sft: 'vicgalle/alpaca-gpt4',
    preferences: 'Dahoas/rm-hh-rlhf',
  },
  training: {
    maximumLength: 2048,
    sftBatch: 12,
    preferenceBatch: 4,
    accumulation: 2,
    learningRate: 5e-5,
    beta: 0.1,
    tuning: { rank: 32, alpha: 32, targets: ['query_key_value'] },
  },
  seed: 42,
  scheduleSettings: { period: 10 },
  recompute: true,
  scale,
  full: scale,
};
