import { availableParallelism } from 'node:os';
import { shapes } from '../src/llm/profile/shapes.js';
import type { Group } from './bench.js';
import { compareSteps } from './llm.js';
import type { WorkerTask } from './llm/worker.js';
import { inTemporaryFolder, pythonWith } from './peers.js';

/** LoRA steps of the published shapes on weights in F16, against PyTorch, which holds and computes them in its own type. */
export const published: Group = {
  name: 'published',
  description: 'LoRA steps of the Pythia shapes on weights in F16',
  run: async (report) => {
    const python = await pythonWith('torch', report);
    if (python === undefined) return;
    for (const shape of ['pythia-14m', 'pythia-160m', 'pythia-410m', 'pythia-1b'] as const) {
      for (const objective of ['sft', 'dpo'] as const) {
        const task: WorkerTask = {
          ...{ config: shapes[shape].config, type: 'float16', loraRank: 16, batch: 1, length: 256 },
          ...{ threads: availableParallelism(), schedule: objective, scheduleSettings: { lambda: 0.5, steps: 1 } },
        };
        for (const computed of ['float32', 'bfloat16'] as const) {
          const comparison = {
            group: 'published',
            name: `${shape} LoRA ${objective}`,
            computed,
            leastRounds: 3,
            warmup: 1,
          };
          await inTemporaryFolder((folder) => compareSteps(comparison, task, python, folder, report));
        }
      }
    }
  },
};
