import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { tokenBatch } from '../../../src/llm/data/batch.js';
import type { Sequence } from '../../../src/llm/data/sequence.js';
import { sequenceLogProbabilities } from '../../../src/llm/loss/log-probability.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import type { PreferenceLossSettings } from '../../../src/preference-loss/preference-loss.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { weightedGradient } from '../../../src/llm/train/gradient.js';
import {
  beta,
  cases,
  gamma,
  labelSmoothing,
  caseValues,
  prompts,
  reference,
  referenceResult,
  trainedNames,
} from '../reference/cases.js';
import { caseModel } from '../reference/case-model.js';
import { compilingTimeout } from '../webgpu.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { describeOnBackends } from '../../engine/on-backends.js';

const tolerance = 1e-4;
const sequence = (prompt: readonly number[], reply: readonly number[]): Sequence => ({
  ids: Int32Array.from([...prompt, ...reply]),
  promptLength: prompt.length,
});
const chosen = prompts.map((prompt) => sequence(prompt.ids, prompt.chosen));
const rejected = prompts.map((prompt) => sequence(prompt.ids, prompt.rejected));

const preferences = (settings: PreferenceLossSettings) => (model: LanguageModel) =>
  dpoLoss(
    model,
    prompts.map((_, i) => ({ pair: { index: i, chosen: chosen[i], rejected: rejected[i] }, reference: reference[i] })),
    settings,
  );
const losses = {
  sft: (model: LanguageModel) =>
    sftLoss(
      model,
      chosen.map((one, index) => ({ index, sequence: one })),
    ),
  dpo: preferences({ beta }),
  cdpo: preferences({ loss: 'cdpo', beta, labelSmoothing }),
  ipo: preferences({ loss: 'ipo', beta }),
  simpo: preferences({ loss: 'simpo', beta, margin: gamma }),
};
const lossNames = Object.keys(losses) as (keyof typeof losses)[];

describeOnBackends(['cpu', 'wasm', 'webgpu'], 'a model agrees with the float64 reference', () => {
  const folder = temporaryFolder();

  it.each(cases)(
    '$name',
    async (one) => {
      const model = await caseModel(one, join(folder, String(cases.indexOf(one))));
      const values = caseValues(one);
      // Every loss once: they differ in what they do with log-probabilities, whatever the model.
      for (const loss of one === cases[0] ? lossNames : (['sft', 'dpo'] as const)) {
        const expected = referenceResult(one, loss, values);
        const { values: found, gradients } = weightedGradient(model.trainable, [
          { weight: 1, loss: () => losses[loss](model) },
        ]);
        expect(relativeError(await found[0].data(), [expected.loss]), `${loss} loss`).toBeLessThan(tolerance);
        expect([...gradients.keys()].sort()).toEqual(trainedNames(one, values.keys()).sort());
        for (const [tensor, gradient] of gradients) {
          const error = relativeError(await gradient.data(), expected.gradients.get(tensor) ?? []);
          expect(error, `${loss}: ${tensor}`).toBeLessThan(tolerance);
        }
        tf.dispose([...found, ...gradients.values()]);
      }
      const each = sequenceLogProbabilities(model, tokenBatch([...chosen, ...rejected]));
      expect(relativeError(await each.data(), referenceResult(one, 'sft', values).logProbabilities)).toBeLessThan(
        tolerance,
      );
      each.dispose();
      model.dispose();
    },
    compilingTimeout,
  );
});

function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  const difference = Array.from(found, (x, i) => x - expected[i]);
  return Math.hypot(...difference) / Math.hypot(...Array.from(expected));
}
