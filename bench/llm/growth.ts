import { availableParallelism } from 'node:os';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { alone, fittedExponent, type Report } from '../bench.js';
import { median } from '../../src/base/statistics.js';
import { inTemporaryFolder } from '../peers.js';
import { startOurs } from './processes.js';

const base = { vocabulary: 4096, length: 128 };

/** What grows, and how far; the rest stays as in `base`. */
const axes = {
  'sequence length': [64, 128, 256, 512].map((length) => ({ x: length, size: { ...base, length } })),
  vocabulary: [3144, 6288, 12576, 25152, 50304].map((vocabulary) => ({ x: vocabulary, size: { ...base, vocabulary } })),
} as const;

const [warmup, steps] = [2, 5];

/** Time and memory of a step of SFT, full fine-tuning, against sequence length and vocabulary. */
export async function llmGrowth(report: Report): Promise<void> {
  for (const [axis, points] of Object.entries(axes)) {
    const time: { x: number; y: number }[] = [];
    const memory: { x: number; y: number }[] = [];
    for (const { x, size } of points) {
      const { milliseconds, bytes } = await measured(size);
      time.push({ x, y: milliseconds });
      memory.push({ x, y: bytes });
      const row = { group: 'growth', case: `llm ${axis} ${x}`, threads: availableParallelism() };
      report.row(alone({ ...row, ours: milliseconds, unit: 'ms/step' }));
      report.row(alone({ ...row, ours: bytes / 2 ** 20, unit: 'MiB' }));
    }
    const fit = { group: 'growth', case: `llm ${axis}, fitted`, threads: availableParallelism() };
    report.row(alone({ ...fit, ours: fittedExponent(time), unit: 'exponent of time' }));
    report.row(alone({ ...fit, ours: fittedExponent(memory), unit: 'exponent of memory' }));
  }
}

/** The median time of a step, and the most memory that the model and its training took. */
function measured({ vocabulary, length }: typeof base): Promise<{ milliseconds: number; bytes: number }> {
  const config = neoxConfig({
    vocabularySize: vocabulary,
    width: 128,
    layers: 2,
    heads: 4,
    contextLength: 512,
  });
  const task = {
    config,
    loraRank: null,
    batch: 2,
    length,
    threads: availableParallelism(),
    schedule: 'sft',
    scheduleSettings: { lambda: 0.5, steps: warmup + steps },
  };
  return inTemporaryFolder(async (folder) => {
    const stepper = await startOurs(task, folder);
    try {
      const times: number[] = [];
      for (let step = 0; step < warmup + steps; step++) times.push((await stepper.step()).milliseconds);
      const { residentBytes, bytesBefore } = await stepper.memory();
      return { milliseconds: median(times.slice(warmup)), bytes: residentBytes - bytesBefore };
    } finally {
      stepper.end();
    }
  });
}
