import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { preferenceLoss } from '../../../src/llm/loss/preference.js';
import { checkedPreferenceLoss, preferenceLossOf } from '../../../src/preference-loss/index.js';
import { numbers, type PreferenceLossSettings } from '../../../src/preference-loss/preference-loss.js';

const inNumbers = (margin: number, settings: PreferenceLossSettings): number =>
  preferenceLossOf(settings).value(numbers, margin, settings);

beforeAll(async () => {
  await openBackend('cpu');
});

// β = 0.1, h = 5: logit 0.5. −log σ(0.5) = log(1 + e^−0.5) = 0.4740769841801067, −log σ(−0.5) = 0.9740769841801067.
const [right, wrong] = [0.4740769841801067, 0.9740769841801067];

describe('the preference loss of one pair, worked by hand', () => {
  it.each<[string, PreferenceLossSettings, number, number]>([
    ['DPO', { beta: 0.1 }, 5, right],
    ['DPO the wrong way round', { beta: 0.1 }, -5, wrong],
    ['DPO at the reference', { beta: 0.1 }, 0, Math.LN2],
    ['label smoothing 0.1', { loss: 'cdpo', beta: 0.1, labelSmoothing: 0.1 }, 5, 0.9 * right + 0.1 * wrong],
    ['IPO, whose aim is 1 / (2β) = 5', { loss: 'ipo', beta: 0.1 }, 7, 4],
    // 2 · 0.75 − 1 = 0.5.
    ['SimPO, whose margin is γ = 1', { loss: 'simpo', beta: 2, margin: 1 }, 0.75, right],
    ['DPO, far out', { beta: 0.1 }, -2000, 200],
  ])('%s', async (_, settings, difference, expected) => {
    expect(inNumbers(difference, settings)).toBeCloseTo(expected, 12);
    const [computed] = await preferenceLoss(tf.tensor1d([difference]), settings).data();
    expect(Math.abs(computed - expected)).toBeLessThanOrEqual(1e-6 * expected);
  });

  it.each<[string, PreferenceLossSettings]>([
    ['DPO', { beta: 0.1 }],
    ['label smoothing', { loss: 'cdpo', beta: 0.3, labelSmoothing: 0.2 }],
    ['IPO', { loss: 'ipo', beta: 0.5 }],
    ['SimPO', { loss: 'simpo', beta: 2, margin: 0.5 }],
  ])('has the gradient of central differences: %s', async (_, settings) => {
    const points = [-90, -3, 0, 0.5, 20, 90];
    const gradient = tf.grad((h) => preferenceLoss(h as tf.Tensor1D, settings))(tf.tensor1d(points));
    const computed = await gradient.data();
    points.forEach((h, i) => {
      const step = 1e-4;
      const slope = (inNumbers(h + step, settings) - inNumbers(h - step, settings)) / (2 * step);
      expect(Math.abs(computed[i] - slope)).toBeLessThanOrEqual(1e-6 + 1e-5 * Math.abs(slope));
    });
  });

  it.each<[PreferenceLossSettings, RegExp]>([
    [{ beta: 0 }, /beta: got 0/],
    [{ beta: Number.NaN }, /beta: got NaN/],
    [{ loss: 'cdpo', beta: 0.1, labelSmoothing: 0.6 }, /label-smoothing: got 0.6/],
    [{ loss: 'cdpo', beta: 0.1 }, /label-smoothing: got nothing, expected a number in \(0, 0.5\] with cdpo/],
    [
      { loss: 'ipo', beta: 0.1, labelSmoothing: 0.1 },
      /label-smoothing: got 0.1, expected it to be left out with ipo: it belongs to cdpo/,
    ],
    [{ beta: 0.1, margin: 1 }, /margin: got 1, expected it to be left out with dpo: it belongs to simpo/],
    [{ loss: 'simpo', beta: 2, margin: -1 }, /margin: got -1/],
  ])('refuses %o', (settings, message) => {
    expect(() => checkedPreferenceLoss(settings)).toThrow(message);
  });
});
