import type { Preset } from './preset.js';

const scale = {
  steps: 60,
  seeds: 3,
  lambdas: [0.01, 0.25, 0.5, 0.75, 0.99],
  parts: 6,
  evaluateEvery: 10,
  optimumSteps: 240,
  horizons: [2, 4],
  sftExamples: 48,
  preferencePairs: 48,
  evaluatedExamples: 48,
  heldOutExamples: 32,
};

/** A small NeoX model on a language of its own, with a dial for the conflict of the two objectives. */
export const synthetic: Preset = {
  name: 'synthetic',
  description: 'a small NeoX model, pre-trained here, on synthetic instructions and preferences',
  source: { kind: 'synthetic' },
  training: {
    maximumLength: 32,
    sftBatch: 8,
    preferenceBatch: 4,
    accumulation: 1,
    learningRate: 1e-3,
    beta: 0.1,
    tuning: 'full',
  },
  seed: 0,
  scheduleSettings: { period: 10 },
  scale,
  full: { ...scale, steps: 300, evaluateEvery: 25, optimumSteps: 1200 },
};
