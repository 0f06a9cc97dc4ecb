import * as tf from '@tensorflow/tfjs-core';
import { wrapKernels, type Recording } from './recording.js';
import { selfTimer } from './self-times.js';

/** What lies between kernels, by the name of its row: methods of tfjs's engine. */
const betweenKernels = {
  '(closures)': ['tidy'],
  '(dispatch)': ['runKernelFunc'],
  '(scopes)': ['startScope', 'endScope'],
  '(upload)': ['makeTensor'],
  '(free)': ['disposeTensor'],
} as const;

/**
 * Times every kernel of the current backend, and beside them what lies between kernels, in rows of their own:
 * dispatch (tfjs's, with its tape), scopes, uploads of values, the freeing of tensors, and closures, which is
 * TypeScript of the model, the gradients and the optimiser between calls of tfjs. Each row is self time: a kernel that
 * calls another is not charged for it. Only for backends that compute while the call lasts.
 */
export function recordHost(): Recording {
  const timer = selfTimer();
  const undo = [wrapKernels((kernel, f) => timer.run(kernel, f))];
  for (const [row, methods] of Object.entries(betweenKernels)) {
    for (const method of methods) undo.push(wrapEngineMethod(method, (f) => timer.run(row, f)));
  }
  return {
    stop: () => {
      for (const restore of undo) restore();
      return Promise.resolve(timer.times());
    },
  };
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
