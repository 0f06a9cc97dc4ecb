import type { Preset } from './preset.js';

const scale = {
  steps: 60,
  seeds: 3,
  lambdas: [0.25, 0.5, 0.75],
  learningRateFactors: [0.1, 0.3, 1],
  sensitivitySeeds: 0,
  evaluateEvery: 15,
  optimumSteps: 180,
  dpoOptimumSteps: 180,
  horizons: [2],
  sftExamples: 160,
  preferencePairs: 64,
  evaluatedExamples: 24,
  heldOutExamples: 16,
};

/** stories260K, a real pre-trained model of 260,000 parameters, on Alpaca and hh-harmless. */
export const stories260k: Preset = {
  name: 'stories260k',
  description: 'stories260K on Alpaca and hh-harmless, from the folder that FORGETTING_DATA names',
  source: {
    kind: 'data-folder',
    model: 'models/stories260K/stories260K.bin',
    sft: 'sft/alpaca.train.jsonl',
    preferences: 'preferences/hh-harmless.train.jsonl',
    evaluationSft: 'sft/alpaca.test.jsonl',
    evaluationPreferences: 'preferences/hh-harmless.test.jsonl',
  },
  training: {
    maximumLength: 64,
    sftBatch: 4,
    preferenceBatch: 2,
    accumulation: 1,
    learningRate: 3e-3,
    beta: 0.1,
    tuning: { rank: 8, alpha: 8, targets: ['q_proj', 'v_proj'] },
  },
  seed: 0,
  scheduleSettings: { period: 10 },
  scale,
  // Of preferences nearly all that fit in 64 tokens: 308 of the training file, 51 of the test file. DPO alone learns them by
  // heart after about 160 steps (docs/llm.md), which is what Sequential's second stage has at λ = ½.
  full: {
    ...scale,
    steps: 320,
    seeds: 5,
    learningRateFactors: [0.1, 0.3, 1, 3],
    sensitivitySeeds: 1,
    evaluateEvery: 40,
    optimumSteps: 960,
    dpoOptimumSteps: 960,
    sftExamples: 1024,
    preferencePairs: 256,
    evaluatedExamples: 48,
    heldOutExamples: 40,
  },
  fullTraining: {
    preferenceBatch: 4,
    learningRate: 1e-2,
    tuning: { rank: 2, alpha: 2, targets: ['q_proj', 'v_proj'] },
  },
};
