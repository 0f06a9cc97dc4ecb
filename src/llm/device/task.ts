import { openBackend } from '../../engine/backend.js';
import { registerGradients } from '../../engine/gradients.js';
import { description, openWebGpu, requestAdapter, type FoundAdapter } from '../../engine/webgpu.js';
import { measureMatmulLimit, type MatmulLimit } from '../profile/matmul-limit.js';
import { gradientDifferences, measuredGradients, type GradientDifference } from './gradient-check.js';
import { timeSteps, type StepTime, type StepTimeOptions } from './step-time.js';

/** What one process measures: a GPU that runs out of memory takes its process with it, and its memory comes back. */
export type DeviceTask = { readonly adapter?: string } & (
  | { readonly what: 'adapter' }
  | { readonly what: 'gradients' }
  | { readonly what: 'matmul' }
  | ({ readonly what: 'steps' } & StepTimeOptions)
);

/** The adapter that is measured. */
export interface MeasuredAdapter {
  readonly description: string;
  readonly software: boolean;
  readonly vendor: string;
  readonly largestBuffer: number;
  readonly features: readonly string[];
}

/** The answer to each task. */
export interface TaskResults {
  readonly adapter: MeasuredAdapter;
  readonly gradients: readonly GradientDifference[];
  readonly matmul: MatmulLimit;
  readonly steps: StepTime;
}

/** Measures one thing on the adapter, in this process. */
export async function runTask(task: DeviceTask): Promise<TaskResults[DeviceTask['what']]> {
  registerGradients();
  const found = await requestAdapter(task.adapter);
  if (found === undefined) throw new Error('the adapter is gone');
  if (task.what === 'gradients') {
    const reference = await measuredGradients(await openBackend('cpu'));
    return gradientDifferences(reference, await measuredGradients(await openWebGpu(found)));
  }
  if (task.what === 'adapter') {
    found.release();
    return described(found);
  }
  const backend = await openWebGpu(found);
  try {
    return task.what === 'matmul' ? await measureMatmulLimit() : await timeSteps(task);
  } finally {
    backend.close();
  }
}

function described({ adapter, software }: FoundAdapter): MeasuredAdapter {
  return {
    description: description(adapter),
    software,
    vendor: adapter.info.vendor,
    largestBuffer: Math.min(adapter.limits.maxBufferSize, adapter.limits.maxStorageBufferBindingSize),
    features: [...adapter.features].sort(),
  };
}
