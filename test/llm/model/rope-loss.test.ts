import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { evaluate } from '../../../src/llm/evaluate.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { randomWeights, writeRandomModel } from '../../../src/llm/model/random.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { matrix, Tape, type Matrix } from '../reference/autodiff.js';
import { logProbability } from '../reference/language-model.js';
import { referenceRope, type RopeJson } from '../reference/rope.js';
import { randomSequences } from '../toy.js';
import { settingsOf } from '../reference/cases.js';
import { openedBackend } from '../../engine/opened.js';

// f_SFT of a whole model folder whose config.json says its rotation in one of the forms that checkpoints have, against
// the float64 reference: a reader that passes a field over prints another loss and says nothing.
const folder = temporaryFolder();
const config = llamaConfig({ width: 32, heads: 4, layers: 2, vocabularySize: 260, contextLength: 64 });
const examples = randomSequences(
  [
    [6, 30],
    [3, 12],
    [9, 40],
  ],
  260,
  8,
).map((sequence, index) => ({ index, sequence }));
const usual = { rope_type: 'default' };
openedBackend('wasm');
beforeAll(async () => {
  await writeRandomModel(join(folder, 'plain'), config, { seed: 3, deviation: 0.3 });
});

/** f_SFT in float64, of a model that rotates as said. */
function referenceLoss(rope: RopeJson, theta: number): number {
  const shapes = weightShapes(config);
  const parameters = new Map<string, Matrix>();
  for (const [name, values] of randomWeights(config, 3, 0.3)) {
    const shape = shapes.get(name) ?? [];
    const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
    parameters.set(name, matrix(rows, columns, Float64Array.from(values)));
  }
  const rotation = referenceRope(rope, config.headWidth, theta, config.contextLength);
  const settings = { ...settingsOf(config, undefined), ...rotation };
  let [total, tokens] = [0, 0];
  for (const { sequence } of examples) {
    const { ids, promptLength } = sequence;
    total -= logProbability(new Tape(), settings, parameters, Array.from(ids), promptLength).data[0];
    tokens += ids.length - promptLength;
  }
  return total / tokens;
}

/** f_SFT as it is evaluated, of the model with other fields in its config.json. */
async function evaluatedLoss(name: string, fields: object): Promise<number> {
  const path = join(folder, name);
  cpSync(join(folder, 'plain'), path, { recursive: true });
  const file = join(path, 'config.json');
  const said = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete said['rope_theta'];
  delete said['rope_scaling'];
  writeFileSync(file, JSON.stringify({ ...said, ...fields }));
  const { model } = await loadModel({ model: path });
  const { sft } = await evaluate({ model, sft: examples, preferences: [], settings: { loss: 'dpo', beta: 0.1 } });
  model.dispose();
  return sft.loss;
}

const linear = { rope_type: 'linear', factor: 4 };
const llama3 = { rope_type: 'llama3', factor: 4, low_freq_factor: 1, high_freq_factor: 4 };
const yarn = { rope_type: 'yarn', factor: 4, beta_fast: 2, beta_slow: 0.5 };
it.each<[string, object, RopeJson, number]>([
  ['none', {}, usual, 10000],
  ['theta beside', { rope_theta: 300 }, usual, 300],
  ['theta inside rope_scaling', { rope_scaling: { ...usual, rope_theta: 300 } }, usual, 300],
  ['theta inside and beside', { rope_scaling: { ...usual, rope_theta: 300 }, rope_theta: 77 }, usual, 300],
  [
    'parameters, an empty rope_scaling beside',
    { rope_scaling: {}, rope_parameters: { ...linear, rope_theta: 50 } },
    linear,
    50,
  ],
  ['linear by its old name', { rope_scaling: { type: 'linear', factor: 4 }, rope_theta: 300 }, linear, 300],
  ['llama3 without its original context', { rope_scaling: llama3, rope_theta: 300 }, llama3, 300],
  [
    'yarn',
    { rope_parameters: { ...yarn, original_max_position_embeddings: 16, rope_theta: 300 } },
    { ...yarn, original_max_position_embeddings: 16 },
    300,
  ],
])('rotation said as %s gives the f_SFT of the reference', async (name, fields, rope, theta) => {
  const expected = referenceLoss(rope, theta);
  if (name !== 'none') expect(Math.abs(expected - referenceLoss(usual, 10000))).toBeGreaterThan(1e-3);
  expect(Math.abs((await evaluatedLoss(name, fields)) - expected)).toBeLessThan(2e-5);
});
