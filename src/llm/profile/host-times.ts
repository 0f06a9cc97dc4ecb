import * as tf from '@tensorflow/tfjs-core';
import { wrapKernels, type RecordedSteps } from './recording.js';
import { selfTimer } from './self-times.js';
import { undisturbed } from './undisturbed.js';

/** What lies between kernels, by the name of its row: methods of tfjs's engine. */
const betweenKernels = {
  '(closures)': ['tidy'],
  '(dispatch)': ['runKernelFunc'],
  '(scopes)': ['startScope', 'endScope'],
  '(upload)': ['makeTensor'],
  '(free)': ['disposeTensor'],
  '(read)': ['read'],
} as const;

/**
 * Takes steps and times every kernel of the current backend, and beside them what lies between kernels, in rows of
 * their own: dispatch (tfjs's, with its tape), scopes, uploads of values, reading them back, the freeing of tensors,
 * and closures, which is TypeScript of the model, the gradients and the optimiser between calls of tfjs. Each row is
 * self time: a kernel that calls another is not charged for it. Only for backends that compute while the call lasts.
 * @returns the half of the steps that lost the least time between rows
 */
export async function recordHost(step: () => Promise<void>, steps: number): Promise<RecordedSteps> {
  let timer = selfTimer();
  const undo = [wrapKernels((kernel, f) => timer.run(kernel, f))];
  for (const [row, methods] of Object.entries(betweenKernels)) {
    for (const method of methods) undo.push(wrapEngineMethod(method, (f) => timer.run(row, f)));
  }
  const recorded: RecordedSteps[] = [];
  try {
    for (let taken = 0; taken < steps; taken++) {
      timer = selfTimer();
      const began = performance.now();
      await step();
      recorded.push({ steps: 1, milliseconds: performance.now() - began, times: timer.times() });
    }
  } finally {
    for (const restore of undo) restore();
  }
  return undisturbed(recorded);
}

/** Replaces a method of tfjs's engine by one that runs within `run`; returns what undoes it. */
function wrapEngineMethod(method: string, run: (f: () => unknown) => unknown): () => void {
  const engine = tf.engine() as unknown as Record<string, (...values: unknown[]) => unknown>;
  const stock = engine[method];
  engine[method] = (...values) => run(() => stock.apply(engine, values));
  return () => {
    // The stock method is the prototype's.
    Reflect.deleteProperty(engine, method);
  };
}
