import { availableParallelism } from 'node:os';
import { openBackend } from '../src/engine/backend.js';
import { architectureOf } from '../src/llm/model/architecture/index.js';
import type { LanguageModel } from '../src/llm/model/language-model.js';
import { randomModel, type ShapedModelOptions } from '../src/llm/profile/random-model.js';
import { shapes } from '../src/llm/profile/shapes.js';
import { stepTask, type StepTask } from '../src/llm/profile/step-task.js';
import { schedules } from '../src/schedule/index.js';
import { tensorBytes } from '../src/engine/tensor-bytes.js';
import { compared, inTurns, medianRound, type Group, type Report } from './bench.js';

/** What half-precision weights and recomputation save and cost: a LoRA step against one on float32 copies that keeps all. */
export const memory: Group = {
  name: 'memory',
  description: 'LoRA steps on weights in halves, and with recomputed activations, against float32 copies',
  run: async (report) => {
    await openBackend('wasm');
    for (const shape of ['medium', 'pythia-14m'] as const) {
      for (const objective of ['sft', 'dpo'] as const) await compare(shape, objective, report);
    }
  },
};

const [length, rank, rounds] = [256, 16, 7];
const ways: Readonly<Record<string, ShapedModelOptions>> = {
  float32: {},
  float16: { type: 'float16' },
  'float16, recomputed': { type: 'float16', recompute: true },
  'float16, outside': { type: 'float16', weightsOutside: true },
};

/** A way to hold a model, and what its steps took. */
interface Stepping {
  readonly model: LanguageModel;
  readonly task: StepTask;
  /** Tensors of the others, and the most of its own. */
  readonly before: number;
  most: number;
}

async function compare(shape: keyof typeof shapes, objective: 'sft' | 'dpo', report: Report): Promise<void> {
  const { config } = shapes[shape];
  const lora = { rank, alpha: rank, targets: architectureOf(config).targets, seed: 0 };
  const found: Record<string, Stepping> = {};
  for (const [name, options] of Object.entries(ways)) {
    const before = tensorBytes();
    const model = await randomModel(config, { ...options, lora });
    const scheduleSettings = { lambda: 0.5, steps: 100 };
    const task = stepTask({ model, schedule: schedules[objective], scheduleSettings, batch: 1, length });
    const stepping: Stepping = { model, task, before, most: 0 };
    stepping.most = (await task.step()).tensorBytes - before;
    found[name] = stepping;
  }
  // Others' models are there meanwhile: memory is that of the first step, beside those before it.
  const times: Record<string, number[]> = await inTurns(
    Object.fromEntries(Object.entries(found).map(([name, { task }]) => [name, () => processorTime(task)])),
    rounds,
  );
  for (const name of Object.keys(ways).slice(1)) {
    const row = { group: 'memory', case: `${shape} ${objective}, ${name}`, peer: 'float32' };
    const threads = availableParallelism();
    const mebibytes = (one: string): number => found[one].most / 2 ** 20;
    report.row(compared({ ...row, threads, ours: mebibytes(name), theirs: mebibytes('float32'), unit: 'MiB' }));
    report.row(compared({ ...row, threads, ...medianRound(times[name], times.float32), unit: 'ms of processor' }));
  }
  for (const { model, task } of Object.values(found)) {
    task.dispose();
    model.dispose();
  }
}

/** The milliseconds of processor time, on all threads, of a step. */
async function processorTime(task: StepTask): Promise<number> {
  const before = process.cpuUsage();
  await task.step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
