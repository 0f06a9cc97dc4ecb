import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { outsideBytes } from '../../../src/engine/wasm-outside.js';
import { halfTypeOf } from '../../../src/engine/half-matrix.js';
import { tensorBytes as tensorBytesNow } from '../../../src/engine/tensor-bytes.js';
import { gpt2Config } from '../../../src/llm/model/architecture/gpt2.js';
import { architectureOf, type ModelConfig } from '../../../src/llm/model/architecture/index.js';
import { llamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { frozenMatrices } from '../../../src/llm/model/decoder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel, openModel, type LoadOptions } from '../../../src/llm/model/load.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { dpoLoss, sftLoss } from '../../../src/llm/loss/objective.js';
import { randomModel } from '../../../src/llm/profile/random-model.js';
import { stepTask } from '../../../src/llm/profile/step-task.js';
import { weightedGradient } from '../../../src/llm/train/gradient.js';
import { writeSafetensors, type StoredType } from '../../../src/llm/weights/safetensors.js';
import { schedules } from '../../../src/schedule/index.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { compilingTimeout } from '../webgpu.js';
import { describeOnBackends } from '../../engine/on-backends.js';

const folder = temporaryFolder();
const sizes = { width: 16, heads: 2, layers: 2, vocabularySize: 260, contextLength: 64 };

/** Architectures, stored in one type or the other; the last ones adapt a head, an embedding, and all maps by DoRA. */
const cases: readonly {
  readonly name: string;
  readonly config: ModelConfig;
  readonly type: StoredType;
  readonly lora?: object;
}[] = [
  { name: 'NeoX', config: neoxConfig(sizes), type: 'float16' },
  { name: 'Llama', config: llamaConfig(sizes), type: 'bfloat16' },
  { name: 'GPT-2', config: gpt2Config(sizes), type: 'float16' },
  {
    name: 'Llama with adapted head and embedding',
    config: llamaConfig(sizes),
    type: 'float16',
    lora: { targets: ['lm_head', 'embed_tokens', 'q_proj'] },
  },
  {
    name: 'NeoX with DoRA',
    config: neoxConfig(sizes),
    type: 'bfloat16',
    lora: { targets: ['dense'], weightDecomposed: true },
  },
];

/** A folder of random weights in a type, and one of float32 copies of the same numbers. */
async function folders({ name, config, type }: (typeof cases)[number]): Promise<{ half: string; plain: string }> {
  const [half, plain] = [join(folder, `${name} half`), join(folder, `${name} plain`)];
  await writeRandomModel(half, config, { seed: 3, deviation: 0.3, type });
  cpSync(half, plain, { recursive: true });
  const { weights } = openModel(half);
  const tensors = Array.from(weights.shapes, ([tensor, shape]) => ({
    name: tensor,
    shape,
    values: () => weights.read(tensor),
  }));
  await writeSafetensors(join(plain, 'model.safetensors'), tensors);
  weights.close();
  return { half, plain };
}

const bytesOf = async (tensors: readonly tf.Tensor[]): Promise<Buffer> =>
  Buffer.concat(
    await Promise.all(
      tensors.map(async (tensor) => {
        const values = (await tensor.data()) as Float32Array;
        return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      }),
    ),
  );

/** Losses, gradients, and the adapter after steps on both objectives, of a model that is loaded for it. */
async function outcome(options: LoadOptions): Promise<{ model: LanguageModel; bytes: Buffer[]; tensorBytes: number }> {
  const before = tensorBytesNow();
  const { model } = await loadModel(options);
  const task = stepTask({
    model,
    schedule: schedules.mix,
    scheduleSettings: { lambda: 0.5, steps: 2 },
    batch: 2,
    length: 9,
  });
  const examples = task.sequences.slice(0, 2).map((sequence, index) => ({ index, sequence }));
  const pairs = examples.map(({ index, sequence }) => ({
    pair: { index, chosen: sequence, rejected: task.sequences[2 + index] },
    reference: { chosen: -1, rejected: -2 },
  }));
  // Away from where an adapter begins, at which it changes nothing.
  for (const [name, variable] of model.trainable) {
    if (name.includes('lora_B')) variable.assign(tf.tidy(() => tf.add(variable, 0.1)));
  }
  const bytes: Buffer[] = [];
  for (const loss of [() => sftLoss(model, examples), () => dpoLoss(model, pairs, { beta: 0.1 })]) {
    const { values, gradients } = weightedGradient(model.trainable, [{ weight: 1, loss }]);
    bytes.push(await bytesOf([...values, ...gradients.values()]));
    tf.dispose([...values, ...gradients.values()]);
  }
  // The reference policy: the base alone.
  const ids = tf.tensor2d(examples[0].sequence.ids, [1, 9], 'int32');
  const hidden = tf.tidy(() => model.project(tf.reshape(model.hidden(ids, { adapter: false }), [9, -1])));
  bytes.push(await bytesOf([hidden]));
  let tensorBytes = 0;
  for (let step = 0; step < 2; step++) tensorBytes = (await task.step()).tensorBytes - before;
  bytes.push(await bytesOf([...model.trainable.values()]));
  task.dispose();
  tf.dispose([ids, hidden]);
  return { model, bytes, tensorBytes };
}

it('a half that is not finite is refused, and weights for which there is no room, before any step', async () => {
  const backend = await openBackend('wasm', { threads: 2 });
  try {
    const path = join(folder, 'damaged');
    await writeRandomModel(path, neoxConfig(sizes), { type: 'float16' });
    const file = join(path, 'model.safetensors');
    const bytes = readFileSync(file);
    // The last number but one, of a matrix or of a norm.
    bytes.writeUInt16LE(0x7c00, bytes.length - 4);
    writeFileSync(file, bytes);
    await expect(loadModel({ model: path })).rejects.toThrow(
      /: got "Infinity at position \d+", expected finite weights/,
    );

    const large = neoxConfig({ vocabularySize: 50304, width: 2048, layers: 16, heads: 8 });
    await expect(randomModel(large, { fullFineTuning: true })).rejects.toThrow(
      'model: got "15.1 GiB of weights, gradients and moments", expected at most 4.0 GiB, the memory of the wasm backend',
    );
    // Above half of the memory in one piece it would give out places that are in use, and end with other errors.
    tf.dispose(tf.zeros([2 ** 26]));
    expect(() => tf.zeros([2 ** 30 - 2 ** 16])).toThrow(/memory: got "4096 MiB more", expected room in the 4 GiB/);
    expect(() => tf.zeros([2 ** 29])).toThrow(/memory: got "2048 MiB more", expected room in the 4 GiB/);
    const ones = tf.ones([2 ** 26]);
    expect((await tf.min(ones).data())[0]).toBe(1);
    ones.dispose();
  } finally {
    backend.close();
  }
});

describeOnBackends(
  ['wasm', 'webgpu'],
  'weights that stay in halves',
  (name) => {
    // A software GPU compiles its programs once for all tests.

    it.each(name === 'wasm' ? cases : cases.filter((one) => ['NeoX', 'GPT-2'].includes(one.name)))(
      'give the losses, gradients and adapters of float32 copies, bit for bit: $name',
      async (one) => {
        const { half, plain } = await folders(one);
        const targets = architectureOf(one.config).targets;
        const lora = { rank: 3, alpha: 6, seed: 1, targets, ...one.lora };
        const found = await outcome({ model: half, lora });
        const expected = await outcome({ model: plain, lora });
        found.bytes.forEach((bytes, i) => {
          expect(bytes.length).toBeGreaterThan(0);
          expect(bytes.equals(expected.bytes[i])).toBe(true);
        });
        if (name === 'wasm') {
          const outside = await outcome({ model: half, lora, weightsOutside: true });
          expect(outsideBytes([...outside.model.weights.values()])).toBeGreaterThan(0);
          expect(outsideBytes([...found.model.weights.values()])).toBe(0);
          outside.bytes.forEach((bytes, i) => {
            expect(bytes.equals(expected.bytes[i])).toBe(true);
          });
          outside.model.dispose();
        }
        const inHalves = [...found.model.weights].filter(([, tensor]) => halfTypeOf(tensor) === one.type);
        const frozen = frozenMatrices(one.config, lora);
        expect(inHalves.map(([tensor]) => tensor)).toEqual(
          [...found.model.weights.keys()].filter((tensor) => frozen.has(tensor)),
        );
        // Two matrices of each layer at least, and two bytes a number.
        expect(inHalves.length).toBeGreaterThanOrEqual(4);
        expect([...expected.model.weights.values()].some((tensor) => halfTypeOf(tensor) !== undefined)).toBe(false);
        found.model.dispose();
        expected.model.dispose();
      },
      compilingTimeout,
    );

    it.runIf(name === 'wasm').each(cases)(
      'recomputed activations give the same bits with fewer bytes: $name',
      async (one) => {
        const { half } = await folders(one);
        const lora = { rank: 3, alpha: 6, seed: 1, targets: architectureOf(one.config).targets, ...one.lora };
        for (const trained of [{ lora }, { fullFineTuning: true }]) {
          const kept = await outcome({ model: half, ...trained });
          const again = await outcome({ model: half, ...trained, recompute: true });
          again.bytes.forEach((bytes, i) => {
            expect(bytes.equals(kept.bytes[i])).toBe(true);
          });
          expect(again.tensorBytes).toBeLessThan(kept.tensorBytes);
          kept.model.dispose();
          again.model.dispose();
        }
      },
    );

    it('are float32 masters where every weight is trained', async () => {
      const [{ config, type }] = cases;
      const path = join(folder, 'masters');
      await writeRandomModel(path, config, { type });
      const { model } = await loadModel({ model: path, fullFineTuning: true });
      expect([...model.weights.values()].every(({ dtype }) => dtype === 'float32')).toBe(true);
      const before = await bytesOf([...model.trainable.values()]);
      if (name === 'wasm') {
        const scheduleSettings = { lambda: 0.5, steps: 1 };
        const task = stepTask({ model, schedule: schedules.sft, scheduleSettings, batch: 1, length: 9 });
        await task.step();
        task.dispose();
        expect((await bytesOf([...model.trainable.values()])).equals(before)).toBe(false);
      }
      model.dispose();
    });
  },
  { threads: 2 },
);
