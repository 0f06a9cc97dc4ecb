import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { readPreferences, type PreferencePair } from '../../../src/llm/data/preferences.js';
import { logProbabilitiesOf, replies } from '../../../src/llm/evaluate.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { stream } from '../../../src/base/random-stream.js';
import { adaptedModules } from '../../../src/llm/model/adapted-modules.js';
import { writeStoredAdapter } from '../../../src/llm/model/adapter.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { factorName, type LoraConfig } from '../../../src/llm/model/lora.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { referencedPairs } from '../../../src/llm/train/reference-policy.js';
import {
  digestOfModel,
  digestOfSequences,
  withReference,
  type ReferenceKey,
} from '../../../src/llm/train/reference.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { toyConfig, writeToyFiles } from '../toy.js';

const folder = temporaryFolder();
const cache = join(folder, 'cache');
let model: LanguageModel;
let pairs: readonly PreferencePair[];
beforeAll(async () => {
  await openBackend('wasm');
  const files = await writeToyFiles(folder);
  const loaded = await loadModel({ model: files.model });
  model = loaded.model;
  pairs = (await readPreferences(files.preferences, loaded.tokenizer, { maximumLength: 40 })).examples;
});

let opened = 0;
const referenced = (key: Partial<ReferenceKey> = {}, into = cache) =>
  withReference({
    pairs,
    key: { model: 'a', data: 'b', backend: 'wasm', version: '1', ...key },
    cache: into,
    open: () => {
      opened += 1;
      return Promise.resolve({ model, adapter: false, close: () => undefined });
    },
  });

it('computes the log-probabilities once for each model, data, backend and version', async () => {
  const first = await referenced();
  const expected = await logProbabilitiesOf(model, replies(first));
  expect(first.flatMap(({ reference }) => [reference.chosen, reference.rejected])).toEqual([...expected]);
  expect(await referenced()).toEqual(first);
  expect(opened).toBe(1);
  for (const key of [{ model: 'c' }, { data: 'c' }, { backend: 'cpu' }, { version: '2' }]) await referenced(key);
  expect(opened).toBe(5);
});

it('computes them again where the cache is damaged', async () => {
  const first = await referenced();
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), '{"chosen":[1');
  opened = 0;
  expect(await referenced()).toEqual(first);
  expect(await referenced()).toEqual(first);
  expect(opened).toBe(1);
});

it.each([
  ['shares the weights of the model that is trained', false],
  ['has its own where it needs them in float32, as DoRA does', true],
])('an adapter as the reference %s', async (_name, weightDecomposed) => {
  const [path, reference] = [join(folder, `half-${weightDecomposed}`), join(folder, `adapter-${weightDecomposed}`)];
  await writeRandomModel(path, toyConfig, { seed: 2, deviation: 0.3, type: 'float16' });
  const lora: LoraConfig = { rank: 2, alpha: 4, targets: ['query_key_value', 'dense'], weightDecomposed };
  const random = stream(4, 'factors');
  const factors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const module of adaptedModules(toyConfig, lora)) {
    const { rank, inputs, outputs } = module;
    const shapes = { A: [rank, inputs], B: [outputs, rank], ...(weightDecomposed && { magnitude: [outputs] }) };
    for (const [name, shape] of Object.entries(shapes)) {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = Float32Array.from({ length }, () => random.normal());
      factors.set(factorName(module, name as 'A' | 'B' | 'magnitude'), { shape, values });
    }
  }
  await writeStoredAdapter(reference, { lora, factors }, toyConfig, path);

  const alone = (await loadModel({ model: path, adapter: reference })).model;
  const expected = await logProbabilitiesOf(alone, replies(pairs.map((pair) => ({ pair }))), { adapter: true });
  alone.dispose();
  const empty = tf.memory().numBytes;
  const trained = (await loadModel({ model: path, lora: { rank: 2, alpha: 2, targets: ['dense'], seed: 1 } })).model;
  const before = tf.memory().numBytes;
  let most = 0;
  const found = await referencedPairs(pairs, {
    ...{ model: trained, path, reference, cache: join(folder, `cache-${weightDecomposed}`) },
    backend: await openBackend('wasm'),
    onProgress: () => (most = Math.max(most, tf.memory().numBytes)),
  });
  expect(found.flatMap((pair) => [pair.reference.chosen, pair.reference.rejected])).toEqual([...expected]);
  expect(most > before).toBe(true);
  expect(most - before > 0.9 * (before - empty)).toBe(weightDecomposed);
  expect(tf.memory().numBytes).toBe(before);
  trained.dispose();
});

it('refuses a cache folder that cannot be made', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(referenced({}, join(folder, 'file'))).rejects.toThrow(
    /file.*got "a path through something that is not a folder", expected/,
  );
});

it('tells models and tokenised data apart by their content', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  for (const path of [one, two]) {
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), '{}');
    writeFileSync(join(path, 'model.safetensors'), 'weights');
  }
  expect(await digestOfModel(one)).toBe(await digestOfModel(two));
  writeFileSync(join(two, 'checkpoint.safetensors'), 'a run in that folder');
  expect(await digestOfModel(one)).toBe(await digestOfModel(two));
  writeFileSync(join(two, 'model.safetensors'), 'Weights');
  expect(await digestOfModel(one)).not.toBe(await digestOfModel(two));
  // What a thread digests is what this one would.
  const large = new Uint8Array(2 ** 26 + 5).fill(7);
  writeFileSync(join(one, 'model.safetensors'), large);
  const hash = createHash('sha256').update('config.json\n').update('{}').update('model.safetensors\n').update(large);
  expect(await digestOfModel(one)).toBe(hash.digest('hex'));

  const sequence = (promptLength: number, ...ids: number[]) => ({ promptLength, ids: Int32Array.from(ids) });
  const digests = [
    [sequence(1, 1, 2, 3)],
    [sequence(2, 1, 2, 3)],
    [sequence(1, 1, 2, 4)],
    [sequence(1, 1, 2), sequence(0, 3)],
  ].map(digestOfSequences);
  expect(new Set(digests).size).toBe(4);
});
