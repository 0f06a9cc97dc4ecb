import { InputError } from '../base/input-error.js';

/** Throws an InputError on a number of sequences of which none, or a part, would go through a model together. */
export function requireBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new InputError('batchSize', batchSize, 'an integer ≥ 1');
}
