import type { Preset } from './preset.js';
import { published } from './published.js';

/** Six epochs of 24,000 SFT examples and 8,000 preferences, in steps of 24 and 8 on one device. */
const scale = {
  ...published.scale,
  lambdas: [0.01, 0.25, 0.5, 0.75, 0.99],
  preferencePairs: 8000,
  // The published runs evaluate on ten batches.
  evaluatedExamples: 120,
  heldOutExamples: 120,
};

/** The published runs on Pythia-1b (github.com/heshandevaka/XRIGHT); two devices there are two batches a step here. */
export const pythia1b: Preset = {
  name: 'pythia-1b',
  description: 'the published settings for Pythia-1b',
  source: { ...published.source, model: 'EleutherAI/pythia-1b' },
  training: {
    ...published.training,
    sftBatch: 12,
    preferenceBatch: 4,
    accumulation: 2,
    tuning: { rank: 32, alpha: 32, targets: ['query_key_value'] },
  },
  ...published.preset,
  scale,
  full: scale,
};
