import type { Preset } from './preset.js';

const scale = {
  steps: 60,
  seeds: 3,
  lambdas: [0.01, 0.25, 0.5, 0.75, 0.99],
  parts: 6,
  evaluateEvery: 10,
  optimumSteps: 120,
  horizons: [2],
  sftExamples: 160,
  preferencePairs: 64,
  evaluatedExamples: 32,
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
    heldOutSft: 'sft/alpaca.test.jsonl',
    heldOutPreferences: 'preferences/hh-harmless.test.jsonl',
  },
  training: {
    maximumLength: 64,
    sftBatch: 4,
    preferenceBatch: 2,
    accumulation: 1,
    learningRate: 5e-4,
    beta: 0.1,
    tuning: 'full',
  },
  period: 10,
  scale,
  full: {
    ...scale,
    steps: 240,
    evaluateEvery: 40,
    optimumSteps: 480,
    sftExamples: 512,
    preferencePairs: 192,
    evaluatedExamples: 64,
    heldOutExamples: 32,
  },
};
