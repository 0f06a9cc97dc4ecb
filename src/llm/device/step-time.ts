import * as tf from '@tensorflow/tfjs-core';
import { schedules } from '../../schedule/index.js';
import { allocatedDeviceBytes } from '../weights/device-memory.js';
import { weightShapes } from '../model/decoder.js';
import { architectureOf } from '../model/architecture/index.js';
import { stepOperations } from '../profile/operations.js';
import { randomModel } from '../profile/random-model.js';
import type { MeasuredShape } from '../profile/shapes.js';
import { stepTask } from '../profile/step-task.js';
import { sizeOf } from '../weights/weights.js';

/** The training steps that are timed. */
export const stepKinds = {
  'sft-full': { objective: 'sft', fullFineTuning: true },
  'sft-lora': { objective: 'sft', fullFineTuning: false },
  'dpo-lora': { objective: 'dpo', fullFineTuning: false },
} as const;

/** One of the training steps that are timed. */
export type StepKind = keyof typeof stepKinds;

/** The rank of the adapters that are timed, the published runs'. */
export const measuredRank = 16;

/** How long a training step takes, and what it takes. */
export interface StepTime {
  readonly parameters: number;
  /** The median over the timed steps. */
  readonly milliseconds: number;
  readonly steps: number;
  /** Tokens that go through the model in a second, those of prompts and of both replies included. */
  readonly tokensPerSecond: number;
  /** What a step's matrix products need (operations.ts), per second. */
  readonly teraflopsPerSecond: number;
  /** Of the device, with what tfjs keeps for reuse: the most it ever took. */
  readonly deviceBytes: number;
  /** The most bytes of tensors at the end of a forward pass. */
  readonly tensorBytes: number;
  /** The most memory of the process. */
  readonly residentBytes: number;
  /** The loss at the first step: other programs with these weights and tokens must get the same. */
  readonly firstLoss: number;
}

/** What is timed, and how often. */
export interface StepTimeOptions extends MeasuredShape {
  readonly kind: StepKind;
  /** The most steps to time. */
  readonly steps: number;
  /** No step begins after this many seconds; one is always timed. */
  readonly seconds: number;
}

/** Times training steps of a model of hashed weights on the current backend, after two that compile. */
export async function timeSteps({ config, kind, steps, seconds, batch, length }: StepTimeOptions): Promise<StepTime> {
  const began = performance.now();
  const { objective, fullFineTuning } = stepKinds[kind];
  const lora = { rank: measuredRank, alpha: measuredRank, targets: architectureOf(config).targets, seed: 0 };
  const model = await randomModel(config, fullFineTuning ? { fullFineTuning } : { lora });
  const scheduleSettings = { lambda: 0.5, steps: steps + 2 };
  const task = stepTask({ model, schedule: schedules[objective], scheduleSettings, batch, length });
  const { loss: firstLoss } = await task.step();
  await task.step();
  const times: number[] = [];
  let tensorBytes = 0;
  while (times.length === 0 || (times.length < steps && performance.now() - began < 1000 * seconds)) {
    const start = performance.now();
    const outcome = await task.step();
    // The update is still under way when the loss is known.
    await deviceIdle();
    times.push(performance.now() - start);
    tensorBytes = Math.max(tensorBytes, outcome.tensorBytes);
  }
  const milliseconds = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const result = {
    parameters: [...weightShapes(config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0),
    milliseconds,
    steps: times.length,
    tokensPerSecond: (task.sequences.length * length * 1000) / milliseconds,
    teraflopsPerSecond: stepOperations({ model, objective, batch, length }) / milliseconds / 1e9,
    deviceBytes: allocatedDeviceBytes(),
    tensorBytes,
    residentBytes: process.resourceUsage().maxRSS * 1024,
    firstLoss,
  };
  task.dispose();
  model.dispose();
  return result;
}

/** Waits until the device has done what it was given. */
async function deviceIdle(): Promise<void> {
  const one = tf.add(tf.scalar(1), 1);
  await one.data();
  one.dispose();
}
