import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../engine/names.js';
import { dpoLoss, sftLoss } from '../loss/objective.js';
import type { StoredAdapter } from '../model/adapter.js';
import { architectureOf, architectures, type ModelConfig } from '../model/architecture/index.js';
import type { LanguageModel } from '../model/language-model.js';
import { assembleModel, freshAdapter } from '../model/assemble.js';
import { hashedUniform, hashedWeights } from '../profile/hashed-weights.js';
import { randomTokens } from '../profile/step-task.js';
import { weightedGradient } from '../train/gradient.js';

/** How far a backend is from the reference on one model, one way of training and one objective. */
export interface GradientDifference {
  readonly model: string;
  readonly trained: string;
  readonly objective: string;
  /** |f − f_reference| / |f_reference|. */
  readonly loss: number;
  /** The largest ‖g − g_reference‖ / ‖g_reference‖ of any trained tensor. */
  readonly gradient: number;
}

const configs = architectures.map((one): [string, ModelConfig] => [one.label, one.example()]);
const trainings = { full: 'full fine-tuning', lora: 'LoRA' } as const;

const objectives = {
  sft: (model: LanguageModel) => sftLoss(model, examples(model.vocabularySize)),
  dpo: (model: LanguageModel) => {
    const sequences = examples(model.vocabularySize).map(({ sequence }) => sequence);
    const pairs = [0, 1].map((index) => ({
      pair: { index, chosen: sequences[index], rejected: sequences[index + 2] },
      reference: { chosen: -60, rejected: -61 },
    }));
    return dpoLoss(model, pairs, { beta: 0.1 });
  },
};

function examples(vocabulary: number) {
  return randomTokens(vocabulary, 4, 12, 0).map((sequence, index) => ({ index, sequence }));
}

/** A loss and its gradients. */
export interface MeasuredGradients {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/**
 * Losses and gradients of small models on one backend beside those of another, the reference: every architecture, full
 * fine-tuning and LoRA, SFT and DPO.
 */
export function gradientDifferences(
  expected: ReadonlyMap<string, MeasuredGradients>,
  found: ReadonlyMap<string, MeasuredGradients>,
): GradientDifference[] {
  return Array.from(expected, ([key, one]) => {
    const other = found.get(key);
    if (other === undefined) throw new Error(`${key} was not measured`);
    const [model, trained, objective] = key.split('/');
    const gradient = Math.max(
      ...Array.from(one.gradients, ([name, values]) => relative(other.gradients.get(name) ?? [], values)),
    );
    return { model, trained, objective, loss: relative([other.loss], [one.loss]), gradient };
  });
}

/** Losses and gradients of small models on a backend, which is closed. */
export async function measuredGradients(backend: Backend): Promise<ReadonlyMap<string, MeasuredGradients>> {
  const results = new Map<string, MeasuredGradients>();
  try {
    for (const [name, config] of configs) {
      for (const [kind, trained] of Object.entries(trainings)) {
        const model = await assembleModel(config, hashedWeights(config, 0.2), {
          trained: kind === 'full' ? 'every weight' : adapterOf(config),
        });
        for (const [objective, loss] of Object.entries(objectives)) {
          results.set(`${name}/${trained}/${objective}`, await measured(model, () => loss(model)));
        }
        model.dispose();
      }
    }
  } finally {
    backend.close();
  }
  return results;
}

async function measured(model: LanguageModel, loss: () => tf.Scalar): Promise<MeasuredGradients> {
  const { values, gradients } = weightedGradient(model.trainable, [{ weight: 1, loss }]);
  const read = new Map<string, Float32Array>();
  for (const [name, gradient] of gradients) read.set(name, Float32Array.from(await gradient.data<'float32'>()));
  const [value] = await values[0].data();
  tf.dispose([...values, ...gradients.values()]);
  return { loss: value, gradients: read };
}

/** An adapter whose factors are both other than zero, as they are in training. */
function adapterOf(config: ModelConfig): StoredAdapter {
  const lora = { rank: 4, alpha: 8, targets: architectureOf(config).targets, seed: 0 };
  const { factors, ...rest } = freshAdapter(lora, config);
  let salt = 0;
  const shaken = Array.from(factors, ([name, { shape, values }]) => {
    salt += 1;
    return [
      name,
      { shape, values: hashedUniform(1000 + salt, { first: 0, end: values.length }).map((x) => 0.2 * x) },
    ] as const;
  });
  return { ...rest, factors: new Map(shaken) };
}

function relative(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
