import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { InputError } from '../../base/input-error.js';
import { wrapKernels, type RecordedSteps } from './recording.js';
import { byTime, type SelfTime } from './self-times.js';

/** The backend, with what it keeps to itself, as far as the recording needs it. */
interface RecordedBackend extends Pick<WebGPUBackend, 'device' | 'runWebGPUProgram'> {
  commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  ensureCommandEncoderReady(): void;
  submitQueue(): void;
}

/** Timestamps of one query set; WebGPU allows no more. */
const setSize = 4096;
const bytesPerTimestamp = 8;

/**
 * Takes steps and times every kernel on the GPU itself: each program becomes a compute pass of its own with a timestamp
 * at its begin and its end, while programs go to the GPU in the batches they always do. The row "(waiting)" is the time
 * between the end of one program and the begin of the next, in which the GPU has nothing to do or copies. The GPU
 * finishes a step while the next one begins, so the times are those of all steps.
 * @throws InputError where the adapter has no timestamps
 */
export async function recordDevice(step: () => Promise<void>, steps: number): Promise<RecordedSteps> {
  const backend = tf.backend() as unknown as RecordedBackend;
  const { device } = backend;
  if (!device.features.has('timestamp-query')) {
    throw new InputError('backend', 'webgpu', 'an adapter with the feature timestamp-query');
  }
  const querySets: GPUQuerySet[] = [];
  const programs: string[] = [];
  const kernels: string[] = [];
  const unwrapKernels = wrapKernels((kernel, f) => {
    kernels.push(kernel);
    try {
      return f();
    } finally {
      kernels.pop();
    }
  });
  const stock = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...values) => {
    backend.endComputePassEncoder();
    backend.ensureCommandEncoderReady();
    const encoder = backend.commandEncoder;
    if (encoder === null) throw new Error('webgpu: no command encoder');
    const first = 2 * programs.length;
    if (first % setSize === 0) querySets.push(device.createQuerySet({ type: 'timestamp', count: setSize }));
    const timestampWrites: GPUComputePassTimestampWrites = {
      querySet: querySets[querySets.length - 1],
      beginningOfPassWriteIndex: first % setSize,
      endOfPassWriteIndex: (first % setSize) + 1,
    };
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (descriptor) => {
      programs.push(kernels.length > 0 ? kernels[0] : '(program)');
      return begin({ ...descriptor, timestampWrites });
    };
    const output = stock(...values);
    encoder.beginComputePass = begin;
    return output;
  };
  const began = performance.now();
  let milliseconds: number;
  try {
    for (let taken = 0; taken < steps; taken++) await step();
    milliseconds = performance.now() - began;
  } finally {
    unwrapKernels();
    // The stock method is the prototype's.
    Reflect.deleteProperty(backend, 'runWebGPUProgram');
  }
  backend.endComputePassEncoder();
  if (backend.commandEncoder !== null) backend.submitQueue();
  const stamps = await readTimestamps(device, querySets, 2 * programs.length);
  for (const set of querySets) set.destroy();
  return { steps, milliseconds, times: summed(programs, stamps) };
}

/** The timestamps of some query sets, in nanoseconds of the GPU's clock. */
async function readTimestamps(device: GPUDevice, sets: readonly GPUQuerySet[], count: number): Promise<BigUint64Array> {
  const stamps = new BigUint64Array(sets.length * setSize);
  for (const [index, set] of sets.entries()) {
    const size = setSize * bytesPerTimestamp;
    const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    const readable = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(set, 0, Math.min(setSize, count - index * setSize), resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
    device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    stamps.set(new BigUint64Array(readable.getMappedRange()), index * setSize);
    readable.unmap();
    for (const buffer of [resolved, readable]) buffer.destroy();
  }
  return stamps;
}

function summed(programs: readonly string[], stamps: BigUint64Array): SelfTime[] {
  const totals = new Map<string, { calls: number; milliseconds: number }>();
  const add = (name: string, nanoseconds: bigint): void => {
    const { calls, milliseconds } = totals.get(name) ?? { calls: 0, milliseconds: 0 };
    totals.set(name, { calls: calls + 1, milliseconds: milliseconds + Number(nanoseconds) / 1e6 });
  };
  for (const [index, name] of programs.entries()) {
    const [begin, end] = [stamps[2 * index], stamps[2 * index + 1]];
    add(name, end - begin);
    const next = index + 1 < programs.length ? stamps[2 * index + 2] : end;
    if (next > end) add('(waiting)', next - end);
  }
  return byTime(Array.from(totals, ([name, total]) => ({ name, ...total })));
}
