// One process that takes training steps when it is told to: a line of JSON in, a line of JSON out. Its memory is its own.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openBackend } from '../../src/engine/backend.js';
import type { NeoxConfig } from '../../src/llm/model/architecture/neox.js';
import { architectureOf } from '../../src/llm/model/architecture/index.js';
import { randomModel } from '../../src/llm/profile/random-model.js';
import { stepTask } from '../../src/llm/profile/step-task.js';
import { drawnFor, evaluatedBefore, observed } from '../../src/schedule/step.js';
import { schedules } from '../../src/schedule/index.js';
import type { StoredType } from '../../src/llm/weights/safetensors.js';
import type { Schedule, ScheduleSettings } from '../../src/schedule/schedule.js';

/** What a worker works on. */
export interface WorkerTask {
  readonly config: NeoxConfig;
  /** The rank of the adapter; null trains every weight. */
  readonly loraRank: number | null;
  /** What the weights are stored in, and where they are not trained held in; float32 unless given. */
  readonly type?: StoredType;
  readonly batch: number;
  readonly length: number;
  readonly threads: number;
  readonly schedule: string;
  readonly scheduleSettings: ScheduleSettings;
}

/** What a step took. */
export interface StepAnswer {
  readonly milliseconds: number;
  readonly loss: number;
  readonly choice: string;
  /** What the schedule itself took of it. */
  readonly schedulingMilliseconds: number;
}

const task = JSON.parse(readFileSync(process.argv[2], 'utf8')) as WorkerTask;
await openBackend('wasm', { threads: task.threads });
const bytesBefore = process.memoryUsage().rss;
const { loraRank: rank, type = 'float32' } = task;
const targets = architectureOf(task.config).targets;
const model = await randomModel(task.config, {
  type,
  ...(rank === null ? { fullFineTuning: true } : { lora: { rank, alpha: rank, targets, seed: 0 } }),
});
let scheduling = 0;
const steps = stepTask({ ...task, model, schedule: timed(schedules[task.schedule]) });
const answers: Readonly<Record<string, () => unknown>> = {
  step: async () => {
    scheduling = 0;
    const began = performance.now();
    const { loss, choice } = await steps.step();
    return { milliseconds: performance.now() - began, loss, choice, schedulingMilliseconds: scheduling };
  },
  evaluate: async () => {
    const began = performance.now();
    await steps.evaluate();
    return { milliseconds: performance.now() - began };
  },
  memory: () => ({ residentBytes: process.resourceUsage().maxRSS * 1024, bytesBefore }),
};
process.stdout.write('{}\n');
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answers[line]())}\n`);
}

/** The schedule, with the time that its functions take added up. */
function timed(schedule: Schedule): Schedule {
  const measure = <Result>(f: () => Result): Result => {
    const began = performance.now();
    const result = f();
    scheduling += performance.now() - began;
    return result;
  };
  return {
    name: schedule.name,
    init: (settings) => schedule.init(settings),
    evaluates: (state, step) => measure(() => evaluatedBefore(schedule, state, step)),
    distribution: (state, step) => measure(() => schedule.distribution(state, step)),
    observe: (state, objective, value) => measure(() => observed(schedule, state, objective, value)),
    draws: (state, step, choice) => measure(() => drawnFor(schedule, state, step, choice)),
  };
}
