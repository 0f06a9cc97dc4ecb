import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { stream } from '../../../src/base/random-stream.js';
import { tokenBatch } from '../../../src/llm/data/batch.js';
import { firstCursor } from '../../../src/llm/data/cursor.js';
import { drawnToken } from '../../../src/llm/drawn-token.js';
import { predictedLogits } from '../../../src/llm/loss/log-probability.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import { adamw } from '../../../src/llm/train/adamw.js';
import { fisherDiagonal, squaredScores } from '../../../src/llm/train/stage-two/fisher.js';
import { takeStep } from '../../../src/llm/train/step.js';
import { schedules } from '../../../src/schedule/index.js';
import { matrix, Tape } from '../reference/autodiff.js';
import { examples, pairs, sequence } from '../reference/case-data.js';
import { caseModel } from '../reference/case-model.js';
import { beta, cases, caseValues, prompts, referenceResult, settingsOf, trainedNames } from '../reference/cases.js';
import { logProbability } from '../reference/language-model.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
beforeAll(async () => {
  await openBackend('wasm');
});

function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const difference = Math.hypot(...Array.from(found, (value, i) => value - expected[i]));
  return difference / Math.hypot(...Array.from(expected));
}

it.each(cases.slice(0, 2))('a step with every term goes along their float64 gradients: $name', async (one) => {
  const model = await caseModel(one, join(folder, one.name));
  const values = caseValues(one);
  const names = trainedNames(one, values.keys());
  const random = stream(2, 'anchors');
  const numbers = (name: string, draw: () => number): Float32Array =>
    Float32Array.from(values.get(name)?.values ?? [], draw);
  const stageOne = new Map(names.map((name) => [name, numbers(name, () => 0.2 * random.normal())]));
  const fisher = new Map(names.map((name) => [name, numbers(name, () => random.uniform())]));
  const tensors = (of: ReadonlyMap<string, Float32Array>): Map<string, tf.Tensor> =>
    new Map(Array.from(of, ([name, own]) => [name, tf.tensor(own, [...(values.get(name)?.shape ?? [])])]));
  const [l2, ewc, chosenNll, weight] = [0.3, 0.8, 0.6, 0.25];
  const [anchor, weights] = [tensors(stageOne), tensors(fisher)];

  const coin = stream(0, 'coin');
  const start = {
    ...{ step: 0, schedule: schedules.dpo.init({ lambda: 1, steps: 1 }), lastChoice: null, stopped: null, updates: 0 },
    ...{ cursors: { sft: firstCursor, dpo: firstCursor }, coin: coin.state() },
  };
  // With such an ε a step of AdamW goes along the gradient itself.
  const epsilon = 1e6;
  const optimiser = adamw(model.trainable, { beta1: 0, beta2: 0, epsilon });
  const { outcome, state } = await takeStep(start, optimiser, coin, {
    ...{ trainable: model.trainable, schedule: schedules.dpo, learningRate: () => epsilon, maximumNorm: 1e9 },
    resetOptimizer: false,
    minibatch: (_, cursor) => ({
      parts: pairs.map((pair) => (asked) => {
        const tokens = prompts.reduce((sum, { chosen }) => sum + chosen.length, 0);
        return dpoLoss(model, [pair], { beta }, pairs.length, { chosenNll: asked && { ...asked, tokens } });
      }),
      cursor,
    }),
    added: {
      objective: 'dpo',
      anchor: { stageOne: anchor, l2, ewc, fisher: weights },
      chosenNll,
      ownReplies: {
        weight,
        minibatch: ({ epoch }) => ({ parts: [() => sftLoss(model, examples)], cursor: { epoch, position: 5 } }),
      },
    },
  });

  const [dpo, nll] = (['dpo', 'sft'] as const).map((loss) => referenceResult(one, loss, values));
  let expectedLoss = dpo.loss + (chosenNll + weight) * nll.loss;
  for (const name of names) {
    const own = values.get(name)?.values ?? [];
    const [anchored, diagonal] = [stageOne.get(name) ?? [], fisher.get(name) ?? []];
    const expected = Array.from(own, (value, i) => {
      const pull = (l2 + ewc * diagonal[i]) * (value - anchored[i]);
      expectedLoss += 0.5 * pull * (value - anchored[i]);
      const ofLosses =
        (dpo.gradients.get(name)?.[i] ?? NaN) + (chosenNll + weight) * (nll.gradients.get(name)?.[i] ?? NaN);
      return ofLosses + pull;
    });
    const after = (await model.trainable.get(name)?.data()) ?? [];
    const moved = Array.from(own, (value, i) => value - after[i]);
    expect(relativeError(moved, expected), name).toBeLessThan(1e-4);
  }
  expect(outcome.values).toEqual({ dpo: expect.closeTo(dpo.loss, 4) as number });
  expect(outcome.loss).toBeCloseTo(expectedLoss, 3);
  expect(state.cursors.sft.position).toBe(5);
  tf.dispose([...anchor.values(), ...weights.values()]);
  optimiser.dispose();
  model.dispose();
});

it('the Fisher diagonal is the mean over tokens of squared float64 scores of labels drawn from the model', async () => {
  const [one] = cases;
  const model = await caseModel(one, join(folder, 'fisher'));
  const values = caseValues(one);
  const parameters = new Map(
    Array.from(values, ([name, { shape, values: own }]) => {
      const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
      return [name, matrix(rows, columns, Float64Array.from(own))] as const;
    }),
  );
  const score = (
    ids: readonly number[],
    promptLength: number,
    labels: readonly number[],
  ): Map<string, Float64Array> => {
    for (const { gradient } of parameters.values()) gradient.fill(0);
    const tape = new Tape();
    tape.backward(logProbability(tape, settingsOf(one.config, one.lora), parameters, ids, promptLength, labels));
    return new Map(Array.from(parameters, ([name, { gradient }]) => [name, Float64Array.from(gradient)]));
  };
  const names = trainedNames(one, values.keys());

  // The labels that the estimate draws, drawn here again from the same stream.
  const random = stream(9, 'fisher');
  const expected = new Map(names.map((name) => [name, new Float64Array(values.get(name)?.values.length ?? 0)]));
  let tokens = 0;
  for (const { ids, chosen } of prompts) {
    const batch = tokenBatch([sequence(ids, chosen)], model);
    const labels: number[] = [];
    for await (const logits of predictedLogits(model, batch, 3 * model.vocabularySize)) {
      for (let row = 0; row < logits.length; row += model.vocabularySize) {
        labels.push(drawnToken(logits.subarray(row, row + model.vocabularySize), random.uniform()));
      }
    }
    expect(labels).toHaveLength(chosen.length);
    const found = squaredScores(
      model,
      batch,
      Int32Array.from(batch.targets, (_, i) => labels[i] ?? 0),
    );
    const scores = score([...ids, ...chosen], ids.length, labels);
    for (const name of names) {
      const squares = Array.from(scores.get(name) ?? [], (entry) => entry ** 2);
      expect(relativeError((await found.get(name)?.data()) ?? [], squares), name).toBeLessThan(1e-4);
      squares.forEach((square, i) => {
        (expected.get(name) ?? [])[i] += square;
      });
    }
    tokens += chosen.length;
    tf.dispose([...found.values()]);
  }
  const diagonal = await fisherDiagonal(model, examples, 9);
  for (const [name, sums] of expected) {
    const found = (await diagonal.get(name)?.data()) ?? [];
    expect(
      relativeError(
        found,
        sums.map((sum) => sum / tokens),
      ),
      name,
    ).toBeLessThan(1e-4);
  }
  tf.dispose([...diagonal.values()]);
  model.dispose();
});

it('tokens are drawn with the probabilities of the model', () => {
  const logits = Float32Array.from([0, -Infinity, 2, 1]);
  const total = 1 + Math.E + Math.E ** 2;
  const edges = [1 / total, 1 / total, (1 + Math.E ** 2) / total, 1];
  for (const [id, edge] of edges.entries()) {
    const width = edge - (edges[id - 1] ?? 0);
    if (width === 0) continue;
    expect(drawnToken(logits, edge - 1e-9)).toBe(id);
    expect(drawnToken(logits, edge - width + 1e-9)).toBe(id);
  }
  expect(drawnToken(logits, 1 - 2 ** -53)).toBe(3);
});
