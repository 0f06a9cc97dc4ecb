import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { registerTargetLogProbability } from './target-log-probability.js';
import { addressOf, kernelsOf, type DividedWork } from './wasm-kernels.js';

/** Registers log-probabilities of targets, computed by assembly/llm/cross-entropy.ts. */
export function registerWasmTargetLogProbability(): void {
  registerTargetLogProbability<BackendWasm>('wasm', {
    forward: ({ logits, targets }, backend) => {
      const [rows, columns] = logits.shape;
      const output = backend.makeOutput([rows], 'float32');
      const addresses = [logits, targets, output].map((tensor) => addressOf(tensor, backend));
      kernelsOf(backend).run('targetLogProbability', [...addresses, 0, columns], workOn(rows, columns));
      return output;
    },
    overwrite: ({ logits, targets, logProbabilities, dy }, backend) => {
      const [rows, columns] = logits.shape;
      const addresses = [logits, targets, logProbabilities, dy].map((tensor) => addressOf(tensor, backend));
      kernelsOf(backend).run('targetLogProbabilityGradient', [...addresses, columns], workOn(rows, columns));
    },
  });
}

/** An exponential is about as much work as this many multiplications. */
const operationsPerLogit = 16;

function workOn(rows: number, columns: number): DividedWork {
  return { items: rows, operations: operationsPerLogit * columns };
}
