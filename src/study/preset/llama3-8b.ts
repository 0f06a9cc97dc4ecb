import type { Preset } from './preset.js';

/** Four epochs of 24,000 SFT examples and 6,000 preferences, in steps of 16 and 4 on one device. */
const scale = {
  steps: 6000,
  seeds: 1,
  lambdas: [0.25, 0.5, 0.75],
  // The published runs take one learning rate for everything.
  learningRateFactors: [1],
  sensitivitySeeds: 0,
  evaluateEvery: 250,
  optimumSteps: 9000,
  dpoOptimumSteps: 9000,
  horizons: [],
  sftExamples: 24_000,
  preferencePairs: 6000,
  // The published runs evaluate on ten batches.
  evaluatedExamples: 40,
  heldOutExamples: 40,
};

/** The published runs on Llama-3-8B (github.com/heshandevaka/XRIGHT); four devices there are four batches a step here. */
export const llama38b: Preset = {
  name: 'llama3-8b',
  description: 'the published settings for Llama-3-8B',
  source: {
    kind: 'hub',
    model: 'meta-llama/Meta-Llama-3-8B',
    sft: 'vicgalle/alpaca-gpt4',
    preferences: 'Dahoas/rm-hh-rlhf',
  },
  training: {
    maximumLength: 2048,
    sftBatch: 4,
    preferenceBatch: 1,
    accumulation: 4,
    learningRate: 5e-5,
    beta: 0.1,
    tuning: { rank: 16, alpha: 16, targets: ['q_proj', 'v_proj'] },
  },
  seed: 42,
  scheduleSettings: { period: 10 },
  recompute: true,
  scale,
  full: scale,
};
