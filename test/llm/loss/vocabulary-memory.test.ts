import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradientPass } from '../../../src/engine/gradient-pass.js';
import { openBackend } from '../../../src/engine/backend.js';
import { tokenBatch } from '../../../src/llm/data/batch.js';
import { sequenceLogProbabilities } from '../../../src/llm/loss/log-probability.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { randomModel } from '../../../src/llm/profile/random-model.js';
import { randomSequences } from '../toy.js';

const vocabularySize = 50304;
const width = 16;
const positions = 64;
const bytesOfLogits = 4 * positions * vocabularySize;
const bytesOfHead = 4 * width * vocabularySize;
let model: LanguageModel;
beforeAll(async () => {
  await openBackend('wasm');
  const config = neoxConfig({ width, heads: 2, layers: 1, vocabularySize });
  model = await randomModel(config, { fullFineTuning: true });
});

/** The most bytes of tensors alive at once while f runs, beyond those before, and the largest of them. */
function memoryOf(f: () => void): { most: number; largest: number } {
  const { wasm } = tf.backend() as unknown as BackendWasm;
  const module = wasm as unknown as {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
  };
  // Emscripten puts the functions themselves in their places at the first call.
  module._free(module._malloc(8));
  const stock = { _malloc: module._malloc, _free: module._free };
  const sizes = new Map<number, number>();
  let [alive, most, largest] = [0, 0, 0];
  module._malloc = (bytes) => {
    const address = stock._malloc(bytes);
    sizes.set(address, bytes);
    alive += bytes;
    most = Math.max(most, alive);
    largest = Math.max(largest, bytes);
    return address;
  };
  module._free = (address) => {
    alive -= sizes.get(address) ?? 0;
    sizes.delete(address);
    stock._free(address);
  };
  try {
    f();
  } finally {
    Object.assign(module, stock);
  }
  return { most, largest };
}

describe('with a vocabulary of 50,304', () => {
  const batch = tokenBatch(
    randomSequences(
      [
        [1, 33],
        [1, 33],
      ],
      vocabularySize,
      3,
    ),
  );
  const differentiate = (logitBudget: number): void => {
    const { value, gradients } = gradientPass(
      () => tf.sum(sequenceLogProbabilities(model, batch, { logitBudget })),
      [...model.trainable.values()],
    );
    tf.dispose([value, ...gradients.map((gradient) => gradient ?? [])]);
  };

  it('the logits of a batch are in memory once at most, their gradient in their place', () => {
    expect(batch.targets.length).toBe(positions);
    const { most, largest } = memoryOf(() => {
      differentiate(positions * vocabularySize);
    });
    expect(largest).toBe(bytesOfLogits);
    expect(most).toBeLessThan(bytesOfLogits + 3 * bytesOfHead);
  });

  it('with a budget of an eighth of them, no more than that is', () => {
    const { most, largest } = memoryOf(() => {
      differentiate((positions / 8) * vocabularySize);
    });
    expect(largest).toBe(Math.max(bytesOfHead, bytesOfLogits / 8));
    expect(most).toBeLessThan(bytesOfLogits / 8 + 4 * bytesOfHead);
  });

  it('an evaluation keeps nothing for gradients', () => {
    const { most } = memoryOf(() => {
      tf.dispose(sequenceLogProbabilities(model, batch, { logitBudget: (positions / 8) * vocabularySize }));
    });
    expect(most).toBeLessThan(bytesOfLogits / 8 + bytesOfHead);
  });
});
