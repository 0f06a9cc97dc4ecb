import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { openBackend } from '../../src/engine/backend.js';
import { neoxConfig } from '../../src/llm/model/architecture/neox.js';
import { writeRandomModel } from '../../src/llm/model/random.js';
import { startLlm } from '../llm/command.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeToyFiles } from '../llm/toy.js';

vi.setConfig({ testTimeout: 120_000 });
const folder = temporaryFolder();

/** A short training run of a model wide enough for its work to be shared. */
async function trained(threads: number): Promise<{ description: string; files: string[] }> {
  const { sft, preferences } = await writeToyFiles(folder);
  const model = join(folder, 'wide');
  await writeRandomModel(model, neoxConfig({ width: 64 }), { deviation: 0.1 });
  const out = join(folder, `threads-${threads}`);
  const { code, stderr } = await startLlm(
    // prettier-ignore
    ['train', '--schedule', 'mix', '--steps', '3', '--full-fine-tuning', '--model', model, '--sft', sft,
     '--preferences', preferences, '--cache', join(folder, 'cache'), '--backend', 'wasm', '--out', out],
    { FORGETTING_THREADS: String(threads) },
  ).ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+$/);
  const files = ['steps.jsonl', 'model.safetensors'].map((name) => readFileSync(join(out, name)).toString('base64'));
  return { description: stderr.split('\n', 1)[0], files };
}

it('a run has the same bytes on any number of threads, and its process ends by itself', async () => {
  const alone = await trained(1);
  expect(alone.description).toMatch(/one thread$/);
  const together = await trained(3);
  expect(together.description).toMatch(/3 threads$/);
  expect(together.files).toEqual(alone.files);
});

it('refuses a number of threads that is none', async () => {
  const { code, stderr } = await startLlm(['generate', '--model', folder, '--threads', '0']).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/threads: got "0", expected an integer ≥ 1/);
});

it('a team that is kept busy does every part of every job once, also while memory grows', async () => {
  await openBackend('wasm', { threads: 4 });
  const [a, b] = [tf.randomUniform([300, 40], -1, 1, 'float32', 1), tf.randomUniform([40, 1000], -1, 1, 'float32', 2)];
  const expected = await tf.matMul(a, b).data();
  const kept: tf.Tensor[] = [];
  for (let job = 0; job < 300; job++) {
    const product = tf.matMul(a, b);
    expect(Buffer.compare(Buffer.from(await product.data()), Buffer.from(expected))).toBe(0);
    // Now and then the next product has to ask for more memory.
    if (job % 20 === 0) kept.push(product);
    else product.dispose();
  }
  tf.dispose([a, b, ...kept]);
});
