import type { Preset } from './preset.js';
import { published } from './published.js';

/** Four epochs of 24,000 SFT examples and 6,000 preferences, in steps of 16 and 4 on one device. */
const scale = {
  ...published.scale,
  lambdas: [0.25, 0.5, 0.75],
  preferencePairs: 6000,
  // The published runs evaluate on ten batches.
  evaluatedExamples: 40,
  heldOutExamples: 40,
};

/** The published runs on Llama-3-8B (github.com/heshandevaka/XRIGHT); four devices there are four batches a step here. */
export const llama38b: Preset = {
  name: 'llama3-8b',
  description: 'the published settings for Llama-3-8B',
  source: { ...published.source, model: 'meta-llama/Meta-Llama-3-8B' },
  training: {
    ...published.training,
    sftBatch: 4,
    preferenceBatch: 1,
    accumulation: 4,
    tuning: { rank: 16, alpha: 16, targets: ['q_proj', 'v_proj'] },
  },
  ...published.preset,
  scale,
  full: scale,
};
