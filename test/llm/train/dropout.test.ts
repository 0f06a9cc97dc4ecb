import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { sftLoss } from '../../../src/llm/loss/objective.js';
import { dropoutMask, dropoutOf, type Dropout } from '../../../src/llm/model/dropout.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { randomSequences, toyConfig, writeToyFiles } from '../toy.js';

describe('a mask', () => {
  it('leaves out the share p and keeps the mean, and says the same whenever it is asked', () => {
    for (const p of [0.05, 0.5, 0.9]) {
      const mask = dropoutMask(100_000, p, 3, 'a');
      const zeros = mask.filter((value) => value === 0).length / mask.length;
      // Five standard deviations of a share.
      expect(Math.abs(zeros - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / mask.length));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - p))]));
      expect(dropoutMask(100_000, p, 3, 'a')).toEqual(mask);
    }
  });

  it('has nothing to do with its neighbours, other passes and other seeds', () => {
    const of = (seed: number, purpose: string): number[] =>
      Array.from(dropoutMask(40_000, 0.5, seed, purpose), (value) => (value === 0 ? -1 : 1));
    const mask = of(1, 'sft 0 0 0 q');
    const correlation = (other: readonly number[], lag = 0): number =>
      mask.slice(lag).reduce((sum, value, i) => sum + value * other[i], 0) / Math.sqrt(mask.length - lag);
    const others = [of(2, 'sft 0 0 0 q'), of(1, 'sft 0 4 0 q'), of(1, 'sft 0 0 1 q'), of(1, 'sft 0 0 0 v')];
    for (const other of others) expect(Math.abs(correlation(other))).toBeLessThan(5);
    for (const lag of [1, 2, 16, 64, 4096]) expect(Math.abs(correlation(mask, lag))).toBeLessThan(5);
  });
});

describe('in a model', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    await openBackend('cpu');
    const files = await writeToyFiles(temporaryFolder());
    const lora = { rank: 2, alpha: 4, targets: 'all-linear', seed: 0 } as const;
    ({ model } = await loadModel({ model: files.model, lora }));
    // B starts at zero, where nothing of A is seen.
    for (const [name, variable] of model.trainable) {
      if (name.includes('lora_B')) variable.assign(tf.randomUniform(variable.shape, -0.3, 0.3, 'float32', 1));
    }
  });
  const examples = randomSequences([[3, 9]], toyConfig.vocabularySize, 1).map((sequence) => ({ index: 0, sequence }));
  const loss = (dropout?: Dropout): number =>
    tf.tidy(() => sftLoss(model, examples, undefined, dropout && { dropout }).dataSync()[0]);

  it('it acts on the inputs of A alone: all of them doubled are an A doubled, all left out the model without adapter', () => {
    const factors = [...model.trainable].filter(([name]) => name.includes('lora_A'));
    const doubled = loss((rows) => tf.mul(rows, 2));
    for (const [, variable] of factors) variable.assign(tf.mul(variable, 2));
    expect(doubled).toBeCloseTo(loss(), 5);
    for (const [, variable] of factors) variable.assign(tf.mul(variable, 0.5));
    const without = tf.tidy(() => sftLoss(model, examples, undefined, { adapter: false }).dataSync()[0]);
    expect(loss((rows) => tf.zerosLike(rows))).toBeCloseTo(without, 5);
    expect(loss()).not.toBeCloseTo(without, 3);
  });

  it('its gradient is that of the loss with the same numbers left out', () => {
    const [[name, variable]] = [...model.trainable].filter((entry) => entry[0].includes('lora_A'));
    const options = (): { dropout?: Dropout } => dropoutOf({ seed: 1, probability: 0.5 }, 'sft 0 0 0');
    const value = (): number => tf.tidy(() => sftLoss(model, examples, undefined, options()).dataSync()[0]);
    const { grads } = tf.variableGrads(() => sftLoss(model, examples, undefined, options()), [variable]);
    const gradient = grads[variable.name].dataSync();
    const start = Float32Array.from(variable.dataSync());
    const at = [0, 5, 9, 14].map((index) => {
      const moved = (by: number): number => {
        const values = Float32Array.from(start);
        values[index] += by;
        variable.assign(tf.tensor(values, variable.shape));
        return value();
      };
      const slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
      return [gradient[index], slope];
    });
    variable.assign(tf.tensor(start, variable.shape));
    for (const [found, slope] of at) expect(found, name).toBeCloseTo(slope, 3);
    expect(value()).toBe(value());
    expect(dropoutOf({ seed: 1, probability: 0 }, 'sft 0 0 0')).toEqual({});
  });
});
