import * as tf from '@tensorflow/tfjs-core';
import type { StoredAdapter } from '../../model/adapter.js';
import { createDecoder } from '../../model/decoder.js';
import { joinedAdapter } from '../../model/join.js';
import type { LanguageModel } from '../../model/language-model.js';
import type { LoraConfig } from '../../model/lora.js';
import { downloaded, uploaded } from '../../weights/device-memory.js';

/**
 * The model (1 − a) × that of stage one + a × the one that stands there. Of adapters what they add to the model is averaged,
 * by an adapter of the sum of their ranks, not their factors.
 * @returns the model, which shares all but its trained variables with the other, and how to free these
 */
export async function averaged(
  model: LanguageModel,
  stageOne: ReadonlyMap<string, tf.Variable>,
  a: number,
): Promise<{ readonly model: LanguageModel; readonly dispose: () => void }> {
  const { config, lora, weights } = model;
  const trainable = lora === undefined ? ofWeights(model, stageOne, a) : await ofAdapters(model, lora, stageOne, a);
  const average = createDecoder({
    config,
    weights: lora === undefined ? new Map([...weights, ...trainable.variables]) : weights,
    trainable: trainable.variables,
    lora: trainable.lora,
  });
  return {
    model: average,
    dispose: () => {
      tf.dispose([...trainable.variables.values()]);
    },
  };
}

interface Averaged {
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly lora: LoraConfig | undefined;
}

function ofWeights({ trainable }: LanguageModel, stageOne: ReadonlyMap<string, tf.Variable>, a: number): Averaged {
  const variables = Array.from(trainable, ([name, variable]): [string, tf.Variable] => {
    const before = stageOne.get(name);
    if (before === undefined) throw new Error(`stage one has no ${name}`);
    return [name, tf.tidy(() => tf.variable(tf.add(tf.mul(before, 1 - a), tf.mul(variable, a))))];
  });
  return { variables: new Map(variables), lora: undefined };
}

async function ofAdapters(
  { config, trainable }: LanguageModel,
  lora: LoraConfig,
  stageOne: ReadonlyMap<string, tf.Variable>,
  a: number,
): Promise<Averaged> {
  const joined = joinedAdapter(config, [
    { adapter: await stored(stageOne, lora), weight: 1 - a },
    { adapter: await stored(trainable, lora), weight: a },
  ]);
  const variables = new Map<string, tf.Variable>();
  for (const [name, { shape, values }] of joined.factors) {
    const [, columns = 1] = shape;
    const start = await uploaded(({ first, end }, into) => {
      into.set(values.subarray(first * columns, end * columns));
    }, shape);
    variables.set(name, tf.variable(start, true));
    start.dispose();
  }
  return { variables, lora: joined.lora };
}

async function stored(variables: ReadonlyMap<string, tf.Variable>, lora: LoraConfig): Promise<StoredAdapter> {
  const factors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, variable] of variables) {
    factors.set(name, { shape: variable.shape, values: Float32Array.from(await downloaded(variable)) });
  }
  return { lora, factors };
}
