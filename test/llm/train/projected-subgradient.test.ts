import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { openBackend } from '../../../src/engine/backend.js';
import { draw, firstCursor } from '../../../src/llm/data/cursor.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import type { TrainingState } from '../../../src/llm/train/checkpoint.js';
import { projectedSubgradient, type SubgradientSettings } from '../../../src/llm/train/projected-subgradient.js';
import { stepRule } from '../../../src/llm/train/step-rule.js';
import { takeStep } from '../../../src/llm/train/step.js';
import { schedules } from '../../../src/schedule/index.js';
import type { ObjectiveName } from '../../../src/schedule/schedule.js';
import { examples, pairs } from '../reference/case-data.js';
import { caseModel } from '../reference/case-model.js';
import { beta, cases, caseValues, referenceResult, trainedNames } from '../reference/cases.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { describeOnBackends } from '../../engine/on-backends.js';

const folder = temporaryFolder();
const [lambda, T] = [0.25, 5];

type Vector = Float64Array;
const minus = (a: Vector, b: Vector): Vector => a.map((value, i) => value - b[i]);
const inner = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const length = (a: Vector): number => Math.sqrt(inner(a, a));

/** The run in float64 on all trained weights as one vector: gradients of the independent implementation, and the rule. */
function expectedRun(
  one: (typeof cases)[number],
  choices: readonly string[],
  { stepSize, radius }: SubgradientSettings,
) {
  const values = new Map(
    Array.from(caseValues(one), ([name, { shape, values: own }]) => [name, { shape, values: Float64Array.from(own) }]),
  );
  const names = trainedNames(one, values.keys());
  const joined = (part: (name: string) => ArrayLike<number>): Vector =>
    Float64Array.from(names.flatMap((name) => Array.from(part(name))));
  const start = joined((name) => values.get(name)?.values ?? []);
  let [theta, squares] = [start, 0];
  const [sizes, distances]: number[][] = [[], []];
  // Σ ⟨g_t, θ_t − θ_1⟩ and Σ g_t, of which the regret against the best point of the ball is made.
  let [regret, sum] = [0, start.map(() => 0)];
  for (const choice of choices) {
    const weights = choice === 'mix' ? { dpo: lambda, sft: 1 - lambda } : { dpo: 0, sft: 0, [choice]: 1 };
    const results = { dpo: referenceResult(one, 'dpo', values), sft: referenceResult(one, 'sft', values) };
    const [dpo, sft] = [
      joined((name) => results.dpo.gradients.get(name) ?? []),
      joined((name) => results.sft.gradients.get(name) ?? []),
    ];
    const gradient = dpo.map((g, i) => weights.dpo * g + weights.sft * sft[i]);
    squares += inner(gradient, gradient);
    regret += inner(gradient, minus(theta, start));
    sum = sum.map((value, i) => value + gradient[i]);
    const size = stepSize === 'adaptive' ? (2 * (radius ?? NaN)) / Math.sqrt(2 * squares) : Number(stepSize);
    const moved = minus(
      theta,
      gradient.map((g) => size * g),
    );
    const distance = length(minus(moved, start));
    const factor = distance > (radius ?? Infinity) ? (radius ?? NaN) / distance : 1;
    theta = start.map((from, i) => from + factor * (moved[i] - from));
    sizes.push(size);
    distances.push(Math.min(distance, radius ?? Infinity));
    let at = 0;
    for (const name of names) {
      const { values: own } = values.get(name) ?? { values: new Float64Array() };
      own.set(theta.subarray(at, at + own.length));
      at += own.length;
    }
  }
  return { start, theta, sizes, distances, names, squares, regret: regret + (radius ?? 0) * length(sum) };
}

describe('plain projected steps of a language model go where those in float64 go', () => {
  beforeAll(async () => {
    await openBackend('wasm');
  });

  const sequential = ['sft', 'sft', 'sft', 'dpo', 'dpo'];
  it.each([
    ['NeoX, LoRA', 'mix', ['mix', 'mix', 'mix', 'mix', 'mix'], { stepSize: 'adaptive', radius: 0.3 }],
    ['Llama, LoRA', 'sequential', sequential, { stepSize: 'adaptive', radius: 2 }],
    ['NeoX, full', 'sequential', sequential, { stepSize: '0.05' }],
    ['NeoX, LoRA', 'sequential', sequential, { stepSize: '0.2', radius: 0.25 }],
  ] as const)('%s under %s: %j %j', async (name, key, choices, subgradient) => {
    const one = cases.find((found) => found.name === name);
    if (one === undefined) throw new Error(name);
    const model = await caseModel(one, join(folder, `${name} ${key} ${subgradient.stepSize}`));
    const rule = stepRule({ subgradient }, T);
    const optimiser = rule.optimiser(model.trainable);
    const schedule = schedules[key];
    const parts = { sft: [() => sftLoss(model, examples)], dpo: [() => dpoLoss(model, pairs, { beta })] };
    const expected = expectedRun(one, choices, subgradient);
    const coin = stream(0, 'test');
    let state: TrainingState = {
      ...{ step: 0, schedule: schedule.init({ lambda, steps: T }), lastChoice: null, coin: [], updates: 0, squares: 0 },
      ...{ cursors: { sft: firstCursor, dpo: firstCursor }, stopped: null },
    };
    for (const [index, choice] of choices.entries()) {
      const taken = await takeStep(state, optimiser, coin, {
        ...{ trainable: model.trainable, schedule, learningRate: rule.stepSize, maximumNorm: rule.maximumNorm },
        resetOptimizer: false,
        minibatch: (objective: ObjectiveName, cursor) => ({
          parts: parts[objective],
          cursor: draw(cursor, 2, () => Int32Array.of(0, 1)).cursor,
        }),
      });
      state = taken.state;
      const { choice: took, learningRate, distance } = taken.outcome;
      expect(took).toBe(choice);
      expect(learningRate / expected.sizes[index]).toBeCloseTo(1, 4);
      if ('radius' in subgradient) {
        expect(distance).toBeLessThanOrEqual(subgradient.radius);
        expect((distance ?? NaN) / expected.distances[index]).toBeCloseTo(1, 3);
      } else expect(distance).toBeUndefined();
    }
    expect((state.squares ?? NaN) / expected.squares).toBeCloseTo(1, 4);
    const found = new Float64Array(expected.theta.length);
    let at = 0;
    for (const tensor of expected.names) {
      const own = await model.trainable.get(tensor)?.data();
      found.set(own ?? [], at);
      at += own?.length ?? 0;
    }
    const error = length(minus(found, expected.theta)) / length(minus(expected.theta, expected.start));
    expect(error).toBeLessThanOrEqual(1e-3);
    if (subgradient.stepSize === 'adaptive') {
      // The proof's bound on Σ ⟨g_t, θ_t − u⟩ asks for no convexity: it holds for every u of the ball.
      expect(expected.regret).toBeLessThanOrEqual(2 * Math.SQRT2 * subgradient.radius * Math.sqrt(expected.squares));
      expect(expected.regret).toBeGreaterThan(0);
    }
    optimiser.dispose();
    model.dispose();
  });
});

describeOnBackends(['cpu', 'wasm', 'webgpu'], 'the ball', () => {
  it('is around the start, over all variables together; inside it a step is a step, and nothing is left behind', async () => {
    const before = tf.memory().numTensors;
    const variables = [tf.tidy(() => tf.variable(tf.tensor1d([1, 5]))), tf.tidy(() => tf.variable(tf.tensor1d([-2])))];
    const trainable = new Map(variables.map((variable, i) => [`w${i}`, variable]));
    const optimiser = projectedSubgradient(trainable, 10);
    const step = async (a: readonly number[], b: number, size: number): Promise<unknown[]> => {
      const gradients = new Map<string, tf.Tensor>([
        ['w0', tf.tensor1d([...a])],
        ['w1', tf.tensor1d([b])],
      ]);
      const distance = await optimiser.step(gradients, size);
      tf.dispose([...gradients.values()]);
      return [...(await variables[0].data()), ...(await variables[1].data()), distance];
    };
    expect(await step([6, 0], 8, 0.5)).toEqual([-2, 5, -6, 5]);
    // From (−3, 0, −4) by (−9, 0, −12) to a distance of 20, which becomes 10.
    expect(await step([9, 0], 12, 1)).toEqual([-5, 5, -10, 10].map((value) => expect.closeTo(value, 4) as number));
    expect(await step([0, 0], 0, 1)).toEqual([-5, 5, -10, 10].map((value) => expect.closeTo(value, 4) as number));
    optimiser.dispose();
    tf.dispose(variables);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what plain steps are asked for', () => {
  const wrong = (settings: Parameters<typeof stepRule>[0], message: RegExp): void => {
    expect(() => stepRule(settings, 4)).toThrow(message);
  };
  const adaptive = { stepSize: 'adaptive', radius: 3 };

  it('is α_t by the rule, 0 while gradients are 0', () => {
    const { stepSize } = stepRule({ subgradient: adaptive }, 4);
    const none = { dpo: 0, sft: 1 };
    expect([stepSize(1, none, 0), stepSize(2, none, 2), stepSize(3, none, 8)]).toEqual([0, 3, 1.5]);
    const linear = stepRule({ subgradient: { stepSize: 'linear:2' } }, 4);
    expect([1, 2, 3, 4].map((step) => linear.stepSize(step, none, 7))).toEqual([2, 1.5, 1, 0.5]);
  });

  it('is refused where it has no ball, a ball without a radius, or settings of AdamW beside it', () => {
    wrong({ subgradient: { stepSize: 'adaptive' } }, /^step-size: got "adaptive", expected a radius with it/);
    for (const radius of [0, -1, NaN]) {
      wrong({ subgradient: { ...adaptive, radius } }, /^radius: got .*, expected a number > 0$/);
    }
    wrong(
      { subgradient: adaptive, learningRate: { learningRate: 1 } },
      /^learningRate: got .*it to be left out with subgradient/,
    );
    wrong(
      { subgradient: adaptive, maximumNorm: 1 },
      /^maximumNorm: got 1, expected it to be left out with subgradient/,
    );
    wrong({}, /^learningRate: got nothing, expected one, or subgradient/);
  });
});
