import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { caseValues, type Case } from './cases.js';

/** The case's model through a folder on disk, its adapter set to the case's values. */
export async function caseModel({ config, lora }: Case, folder: string): Promise<LanguageModel> {
  await writeRandomModel(folder, config, { seed: 5, deviation: 0.25 });
  const { model } = await loadModel({
    model: folder,
    ...(lora === undefined ? { fullFineTuning: true } : { lora: { ...lora, seed: 0 } }),
  });
  for (const [name, { shape, values }] of lora === undefined ? [] : caseValues({ name: '', config, lora })) {
    const start = tf.tensor(values, [...shape]);
    model.trainable.get(name)?.assign(start);
    start.dispose();
  }
  return model;
}
