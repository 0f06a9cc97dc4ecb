import type { Preset } from './preset.js';

const scale = {
  steps: 72,
  seeds: 8,
  lambdas: [0.25, 0.5, 0.75],
  learningRateFactors: [0.3, 1, 3],
  sensitivitySeeds: 3,
  // At λ = ¼, ½ and ¾ each of Sequential's stages has a whole number of evaluations.
  evaluateEvery: 18,
  optimumSteps: 216,
  // With as many, compared runs pass what DPO alone comes to; SFT would learn its records by heart in more.
  dpoOptimumSteps: 720,
  horizons: [2],
  sftExamples: 320,
  preferencePairs: 320,
  evaluatedExamples: 40,
  heldOutExamples: 40,
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
    beta: 0.5,
    tuning: 'full',
  },
  seed: 0,
  scheduleSettings: { period: 10 },
  scale,
  full: { ...scale, steps: 240, evaluateEvery: 20, optimumSteps: 720, dpoOptimumSteps: 2400, sensitivitySeeds: 3 },
};
