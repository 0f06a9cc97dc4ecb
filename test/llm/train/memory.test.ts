import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { openRunFolder } from '../../../src/llm/results/run-folder.js';
import { runTraining, type TrainingRunOptions } from '../../../src/llm/train/run.js';
import { withReference } from '../../../src/llm/train/reference.js';
import { schedules } from '../../../src/schedule/index.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeToyFiles, type ToyFiles } from '../toy.js';

const folder = temporaryFolder();
let files: ToyFiles;
beforeAll(async () => {
  await openBackend('wasm');
  files = await writeToyFiles(folder);
});

const lora = { rank: 2, alpha: 2, targets: ['query_key_value'], seed: 0 };

it.each([
  ['maxright', 'LoRA', { lora }, { gradient: 1 }],
  ['mix', 'full fine-tuning', { fullFineTuning: true }, { gradient: 2 }],
])(
  '%s with %s holds as many tensors after step 50 as after step 5, and none of its own at the end',
  async (name, kind, trained, { gradient }) => {
    const { model, tokenizer } = await loadModel({ model: files.model, ...trained });
    const preparation = { maximumLength: 40 };
    const sft = await readSft(files.sft, tokenizer, preparation);
    const pairs = await readPreferences(files.preferences, tokenizer, preparation);
    const preferences = await withReference({
      pairs: pairs.examples,
      key: { model: kind, data: '', backend: 'wasm', version: '' },
      cache: join(folder, 'cache'),
      open: () => Promise.resolve({ model, adapter: false, close: () => undefined }),
    });
    const before = tf.memory().numTensors;
    const counts = new Map<number, number>();
    const options: TrainingRunOptions = {
      model,
      data: { sft: sft.examples, preferences },
      schedule: schedules[name],
      scheduleSettings: { lambda: 0.5, steps: 50, period: 5, ideal: { sft: 0, dpo: 0 } },
      sftBatch: 2,
      preferenceBatch: 1,
      accumulation: gradient,
      learningRate: { learningRate: 1e-3 },
      dpo: { beta: 0.1 },
      seed: 0,
      evaluateEvery: 10,
      folder: await openRunFolder(join(folder, kind), { settings: {}, resume: false }),
      save: () => Promise.resolve(),
      onStep: (step) => counts.set(step, tf.memory().numTensors),
    };
    await runTraining(options);
    expect(counts.get(5)).toBeGreaterThan(before);
    expect(counts.get(50)).toBe(counts.get(5));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  },
);
