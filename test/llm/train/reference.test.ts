import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { readPreferences, type PreferencePair } from '../../../src/llm/data/preferences.js';
import { logProbabilitiesOf, replies } from '../../../src/llm/evaluate.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import {
  digestOfModel,
  digestOfSequences,
  withReference,
  type ReferenceKey,
} from '../../../src/llm/train/reference.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeToyFiles } from '../toy.js';

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

  const sequence = (promptLength: number, ...ids: number[]) => ({ promptLength, ids: Int32Array.from(ids) });
  const digests = [
    [sequence(1, 1, 2, 3)],
    [sequence(2, 1, 2, 3)],
    [sequence(1, 1, 2, 4)],
    [sequence(1, 1, 2), sequence(0, 3)],
  ].map(digestOfSequences);
  expect(new Set(digests).size).toBe(4);
});
