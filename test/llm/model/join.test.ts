import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { stream } from '../../../src/base/random-stream.js';
import { openBackend } from '../../../src/engine/backend.js';
import { writeAdapter } from '../../../src/llm/model/adapter.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { joinAdapters, joinedAdapter } from '../../../src/llm/model/join.js';
import { loadModel } from '../../../src/llm/model/load.js';
import type { LoraConfig } from '../../../src/llm/model/lora.js';
import { mergeAdapter } from '../../../src/llm/model/merge.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { openSafetensors } from '../../../src/llm/weights/safetensors.js';
import { llm } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const model = join(folder, 'base');
const config = llamaConfig({ width: 16, heads: 4 });

/** An adapter of random factors, in a folder. */
async function written(name: string, lora: LoraConfig): Promise<string> {
  const { model: loaded } = await loadModel({ model, lora: { ...lora, seed: 0 } });
  const random = stream(1, name);
  for (const variable of loaded.trainable.values()) {
    const start = tf.tensor(
      Float32Array.from({ length: variable.size }, () => 0.3 * random.normal()),
      variable.shape,
    );
    variable.assign(start);
    start.dispose();
  }
  await writeAdapter(join(folder, name), loaded, model);
  loaded.dispose();
  return join(folder, name);
}

/** What an adapter adds to every weight of the model. */
async function added(adapter: string): Promise<Map<string, Float64Array>> {
  const out = `${adapter} merged`;
  await mergeAdapter({ model, adapter, out });
  const [before, after] = [model, out].map((path) => openSafetensors(join(path, 'model.safetensors')));
  const differences = [...weightShapes(config).keys()].map((name): [string, Float64Array] => {
    const start = before.read(name);
    return [name, Float64Array.from(after.read(name), (value, i) => value - start[i])];
  });
  before.close();
  after.close();
  return new Map(differences);
}

const kinds: readonly LoraConfig[] = [
  { rank: 2, alpha: 3, targets: ['q_proj', 'v_proj'] },
  { rank: 3, alpha: 5, targets: ['v_proj', 'down_proj', 'lm_head'], rankPattern: { 'layers\\.1\\..*': 1 } },
  { rank: 4, alpha: 8, targets: ['q_proj'], rankStabilised: true },
];
let adapters: string[];
beforeAll(async () => {
  await openBackend('wasm');
  await writeRandomModel(model, config, { seed: 1, deviation: 0.2 });
  adapters = [];
  for (const [i, kind] of kinds.entries()) adapters.push(await written(`adapter ${i}`, kind));
});

it('adapters of any ranks and targets are joined into one that adds the weighted sum of what they add', async () => {
  const [weights, out] = [[0.7, -0.4, 0.25], join(folder, 'joined')];
  const words = ['merge', '--model', model, ...adapters.flatMap((path) => ['--adapter', path])];
  const { code, stdout } = await llm(...words, '--weights', weights.join(), '--out', out, '--json');
  expect(code).toBe(0);
  const { ranks } = JSON.parse(stdout) as { ranks: Record<string, number> };
  expect(ranks['model.layers.0.self_attn.v_proj']).toBe(5);
  expect(ranks['model.layers.1.self_attn.v_proj']).toBe(3);
  expect(ranks['model.layers.0.self_attn.q_proj']).toBe(6);
  expect(ranks.lm_head).toBe(3);

  const [joined, ...each] = await Promise.all([out, ...adapters].map(added));
  for (const [name, found] of joined) {
    const expected = found.map((_, i) =>
      each.reduce((sum, own, k) => sum + weights[k] * (own.get(name)?.[i] ?? NaN), 0),
    );
    const error = Math.max(...found.map((value, i) => Math.abs(value - expected[i])));
    expect(error, name).toBeLessThan(2e-7);
  }
});

it('equal shares unless weights are given, and refuses what has no sum', async () => {
  const [a, b] = [adapters[0], adapters[2]];
  const half = join(folder, 'half');
  await joinAdapters({ model, adapters: [a, b], out: half });
  const [joined, ofA, ofB] = [await added(half), await added(a), await added(b)];
  const name = 'model.layers.0.self_attn.q_proj.weight';
  joined.get(name)?.forEach((value, i) => {
    expect(value).toBeCloseTo(((ofA.get(name)?.[i] ?? NaN) + (ofB.get(name)?.[i] ?? NaN)) / 2, 6);
  });
  const refused = (more: object) => joinAdapters({ model, adapters: [a, b], out: join(folder, 'refused'), ...more });
  await expect(refused({ weights: [1] })).rejects.toThrow(
    /^weights: got \[1\], expected 2 numbers, one for each adapter$/,
  );
  await expect(refused({ weights: [1, NaN] })).rejects.toThrow(/^weights: got /);
  await expect(refused({ out: a })).rejects.toThrow(/^out: got .*, expected another folder/);
  const dora = { lora: { ...kinds[0], weightDecomposed: true }, factors: new Map() };
  expect(() => joinedAdapter(config, [{ adapter: dora, weight: 1 }])).toThrow(/^use_dora: got true/);
});
