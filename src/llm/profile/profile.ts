import { schedules } from '../../schedule/index.js';
import { stepOperations, type CountedStep } from './operations.js';
import * as tf from '@tensorflow/tfjs-core';
import { recordDevice } from './device-times.js';
import { recordHost } from './host-times.js';
import { measureMatmulLimit, type MatmulLimit } from './matmul-limit.js';
import { stepTask } from './step-task.js';
import { tensorBytes } from '../../engine/tensor-bytes.js';

/** Where the time of a training step goes. */
export interface StepProfile {
  /** The mean time of the steps that the rows are of. */
  readonly stepMilliseconds: number;
  readonly rows: readonly ProfileRow[];
  /** The share of the step that the rows account for. */
  readonly accounted: number;
  /** The share of the step that the kernels account for, without what lies between them. */
  readonly inKernels: number;
  readonly matmulLimit: MatmulLimit;
  readonly operations: {
    /** What the matrix products of a step need, in 10⁹ floating-point operations. */
    readonly gigaflops: number;
    /** Those operations over the step's time, as a share of the matmul limit. */
    readonly shareOfLimit: number;
  };
  /** The step's time over the tokens in it: of every sequence, those of both replies of a pair. */
  readonly millisecondsPerToken: number;
  readonly memory: StepMemory;
}

/** The memory of a training step, in bytes. */
export interface StepMemory {
  /** The most that tensors took at the end of a forward pass: weights, activations and optimiser together. */
  readonly tensors: number;
  /** The model with what is trained of it. */
  readonly weights: number;
  /** What a forward pass leaves for the backward pass. */
  readonly activations: number;
  /** The optimiser's moments. */
  readonly optimiser: number;
  /** The most that the process had so far, its code and what else it holds included. */
  readonly process: number;
}

/** One kernel, or in parentheses work between kernels, per step. */
export interface ProfileRow {
  readonly kernel: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the step. */
  readonly share: number;
}

/** The training step to profile, and how often. */
export interface ProfileOptions extends CountedStep {
  readonly steps: number;
  /** Steps before the recording begins: the first ones compile. */
  readonly warmup?: number;
}

/** Profiles steps of the trainer on the current backend, and measures its fastest matrix product beside them. */
export async function profileStep({ steps, warmup = 2, ...options }: ProfileOptions): Promise<StepProfile> {
  const scheduleSettings = { lambda: 0.5, steps: warmup + steps };
  const { model, batch, length } = options;
  const weights = bytesOf([...model.weights.values(), ...model.trainable.values()]);
  const optimiser = 2 * bytesOf([...model.trainable.values()]);
  const before = tensorBytes() - weights;
  const task = stepTask({ ...options, schedule: schedules[options.objective], scheduleSettings });
  for (let step = 0; step < warmup; step++) await task.step();
  let most = 0;
  const record = tf.getBackend() === 'webgpu' ? recordDevice : recordHost;
  const recorded = await record(async () => {
    most = Math.max(most, (await task.step()).tensorBytes - before);
  }, steps);
  task.dispose();
  const processBytes = process.resourceUsage().maxRSS * 1024;
  const rows = recorded.times.map(({ name, calls, milliseconds }) => ({
    kernel: name,
    calls: calls / recorded.steps,
    milliseconds: milliseconds / recorded.steps,
    share: milliseconds / recorded.milliseconds,
  }));
  const stepMilliseconds = recorded.milliseconds / recorded.steps;
  const matmulLimit = await measureMatmulLimit();
  const gigaflops = stepOperations(options) / 1e9;
  return {
    stepMilliseconds,
    rows,
    accounted: sumOfShares(rows),
    inKernels: sumOfShares(rows.filter(({ kernel }) => !kernel.startsWith('('))),
    matmulLimit,
    operations: {
      gigaflops,
      shareOfLimit: gigaflops / (stepMilliseconds / 1000) / matmulLimit.gigaflopsPerSecond,
    },
    millisecondsPerToken: stepMilliseconds / ((options.objective === 'dpo' ? 2 : 1) * batch * length),
    memory: { tensors: most, weights, activations: most - weights - optimiser, optimiser, process: processBytes },
  };
}

/** The bytes of tensors, values that several of them refer to once. */
function bytesOf(tensors: readonly tf.Tensor[]): number {
  const byValues = new Map(tensors.map(({ dataId, size }) => [dataId, 4 * size]));
  return [...byValues.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function sumOfShares(rows: readonly ProfileRow[]): number {
  return rows.reduce((sum, { share }) => sum + share, 0);
}
