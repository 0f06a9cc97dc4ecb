import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { adamwStep, disposeAdamw, initialAdamw, resetAdamw, type AdamwSettings } from '../../../src/llm/train/adamw.js';
import { clipped, globalNorm } from '../../../src/llm/train/clipping.js';
import { checkedLearningRate, learningRateAt } from '../../../src/llm/train/learning-rate.js';
import { stoppingReason } from '../../../src/llm/train/stopping.js';

beforeAll(async () => {
  await openBackend('cpu');
});

/** The weight after some steps from 1, with the given gradients. */
async function weightAfter(
  gradients: readonly number[],
  settings: AdamwSettings = {},
  resetBefore = -1,
): Promise<number> {
  const weight = tf.tidy(() => tf.variable(tf.tensor1d([1])));
  const trainable = new Map([['w', weight]]);
  const state = initialAdamw(trainable);
  gradients.forEach((gradient, step) => {
    if (step === resetBefore) resetAdamw(state);
    const ofStep = new Map([['w', tf.tensor1d([gradient])]]);
    adamwStep(trainable, ofStep, state, 0.1, settings);
    tf.dispose([...ofStep.values()]);
  });
  const [value] = await weight.data();
  disposeAdamw(state);
  weight.dispose();
  return value;
}

describe('AdamW', () => {
  it('makes the first two steps worked by hand', async () => {
    // Step 1: m̂ = 2, √v̂ = 2, so the weight falls by 0.1.
    expect(await weightAfter([2])).toBeCloseTo(0.9, 6);
    // Step 2, gradient −1: m = 0.9·0.2 − 0.1 = 0.08, m̂ = 0.08 / 0.19; v = 0.95·0.2 + 0.05 = 0.24, v̂ = 0.24 / 0.0975.
    const second = (0.1 * (0.08 / 0.19)) / Math.sqrt(0.24 / 0.0975);
    expect(await weightAfter([2, -1])).toBeCloseTo(0.9 - second, 6);
  });

  it('adds ε outside the root, after bias correction', async () => {
    // One step, gradient 2 and ε = 2: 0.1 · 2 / (2 + 2); inside the root, or before correction, it would be another.
    expect(await weightAfter([2], { epsilon: 2 })).toBeCloseTo(0.95, 6);
  });

  it('shrinks the weight by learning rate × decay, apart from the gradient', async () => {
    expect(await weightAfter([2], { weightDecay: 0.5 })).toBeCloseTo(1 - 0.05 - 0.1, 6);
  });

  it('starts anew when reset', async () => {
    expect(await weightAfter([2, -1], {}, 1)).toBeCloseTo(1, 6);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await weightAfter([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('gradient clipping', () => {
  const gradients = (): Map<string, tf.Tensor> =>
    new Map<string, tf.Tensor>([
      ['a', tf.tensor1d([3])],
      ['b', tf.tensor2d([[0, 4]])],
    ]);
  const clip = async (maximum: number): Promise<number[]> => {
    const given = gradients();
    const norm = globalNorm(given);
    expect((await norm.data())[0]).toBe(5);
    const shortened = clipped(given, norm, maximum);
    return [...((await shortened.get('a')?.data()) ?? []), ...((await shortened.get('b')?.data()) ?? [])];
  };

  it('scales all gradients together to the maximum norm, over norm + 1e-6', async () => {
    const scale = 1 / (5 + 1e-6);
    (await clip(1)).forEach((value, i) => {
      expect(value).toBeCloseTo([3, 0, 4][i] * scale, 6);
    });
  });

  it('leaves short gradients alone', async () => {
    expect(await clip(6)).toEqual([3, 0, 4]);
  });
});

const onSft = { dpo: 0, sft: 1 };

describe('the learning rate', () => {
  it('is constant', () => {
    expect([1, 5, 10].map((step) => learningRateAt({ learningRate: 2 }, step, 10, onSft))).toEqual([2, 2, 2]);
  });

  it('has a factor for each objective, and on both their mean as the gradients are weighted', () => {
    const settings = { learningRate: 2, warmup: 2, factors: { dpo: 0.5, sft: 3 } };
    const rate = (dpo: number, sft: number): number => learningRateAt(settings, 5, 10, { dpo, sft });
    expect([rate(1, 0), rate(0, 1), rate(0.25, 0), rate(0.25, 0.75), rate(0, 0)]).toEqual([1, 6, 1, 4.75, 2]);
    expect(learningRateAt(settings, 1, 10, { dpo: 1, sft: 0 })).toBe(0.5);
    expect(() => checkedLearningRate({ ...settings, factors: { dpo: 0, sft: 1 } }, 10)).toThrow(
      'factors: dpo: got 0, expected a number > 0',
    );
  });

  it('rises over the warm-up, reaching its value at the last step of it', () => {
    const rates = [1, 2, 3, 4, 5].map((step) => learningRateAt({ learningRate: 2, warmup: 4 }, step, 10, onSft));
    expect(rates).toEqual([0.5, 1, 1.5, 2, 2]);
  });

  it('falls along half a cosine after the warm-up', () => {
    const rates = [1, 2, 3, 4, 5, 6].map((step) =>
      learningRateAt({ learningRate: 2, warmup: 2, decay: 'cosine' }, step, 6, onSft),
    );
    [1, 2, 2, 1 + Math.SQRT1_2, 1, 1 - Math.SQRT1_2].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });

  it('falls along a line after the warm-up', () => {
    const rates = [1, 2, 3, 4, 5, 6].map((step) =>
      learningRateAt({ learningRate: 2, warmup: 2, decay: 'linear' }, step, 6, onSft),
    );
    expect(rates).toEqual([1, 2, 2, 1.5, 1, 0.5]);
  });

  it('refuses what is no rate and a warm-up longer than the run', () => {
    expect(() => checkedLearningRate({ learningRate: 0 }, 5)).toThrow(/learning-rate: got 0/);
    expect(() => checkedLearningRate({ learningRate: 1, warmup: 6 }, 5)).toThrow(/warmup: got 6/);
  });
});

describe('the stopping rule', () => {
  const ideal = { sft: 1, dpo: 0.5 };

  it('stops near either optimum', () => {
    expect(stoppingReason({ sft: 1.1, dpo: 9 }, { tolerance: 0.125, ideal })).toBe('sft gap at most 0.125');
    expect(stoppingReason({ sft: 9, dpo: 0.5 }, { tolerance: 0, ideal })).toBe('dpo gap at most 0');
    expect(stoppingReason({ sft: 1.2, dpo: 0.7 }, { tolerance: 0.125, ideal })).toBeUndefined();
  });

  it('stops within both coordinates of one and the same Pareto point', () => {
    const paretoPoints = [
      { sft: 2, dpo: 1 },
      { sft: 1.5, dpo: 2 },
    ];
    expect(stoppingReason({ sft: 1.6, dpo: 2.1 }, { tolerance: 0.125, paretoPoints })).toMatch(/f_SFT 1.5, f_DPO 2/);
    expect(stoppingReason({ sft: 1.9, dpo: 1.5 }, { tolerance: 0.125, paretoPoints })).toBeUndefined();
  });
});
