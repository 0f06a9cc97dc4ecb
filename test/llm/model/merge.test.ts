import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { llama } from '../../../src/llm/model/architecture/llama.js';
import { joinAdapters } from '../../../src/llm/model/join.js';
import { loadModel, openModel, underAdapter } from '../../../src/llm/model/load.js';
import { mergeAdapter } from '../../../src/llm/model/merge.js';
import { writeRandomModel } from '../../../src/llm/model/random.js';
import { checkContents, writeContents } from '../../../src/llm/results/contents.js';
import { writeSafetensors } from '../../../src/llm/weights/safetensors.js';
import { openBackend } from '../../../src/engine/backend.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const config = llama.example({ width: 4, heads: 2, layers: 1 });
const model = join(folder, 'model');
const module = 'model.layers.0.self_attn.q_proj';
const out = join(folder, 'out');

beforeAll(async () => {
  await writeRandomModel(model, config, { seed: 1, deviation: 0.3 });
});

/** An adapter of rank 1 on one map, with all numbers of a factor the same. */
async function adapter(name: string, a: number, b: number): Promise<string> {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const tensor = (part: string, shape: readonly number[], value: number) => ({
    name: `base_model.model.${module}.${part}`,
    shape,
    values: () => new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
  });
  await writeSafetensors(join(path, 'adapter_model.safetensors'), [
    tensor('lora_A.weight', [1, 4], a),
    tensor('lora_B.weight', [4, 1], b),
  ]);
  const own = { peft_type: 'LORA', r: 1, lora_alpha: 1, target_modules: ['q_proj'] };
  writeFileSync(join(path, 'adapter_config.json'), JSON.stringify(own));
  return path;
}

describe('merged weights that no number of their type holds are refused', () => {
  it.each([
    // 2e38 · 2 and 1e20 · 1e20 lie beyond float32, whose largest number is 3.4e38.
    ['the sum', () => adapter('sum', 2e19, 2e19), undefined, `${out}: ${module}.weight: got "Infinity at position 0"`],
    ['a product', () => adapter('product', 1e20, -1e20), undefined, `got "-Infinity at position 0"`],
    // 3.4e38 is a float32 that bfloat16 rounds to infinity; its largest number is 3.3895e38.
    [
      'the rounding',
      () => adapter('rounding', 1.8439e19, 1.8439e19),
      'bfloat16' as const,
      'expected numbers up to 3.3895e38',
    ],
    ['float16', () => adapter('half', 300, 300), 'float16' as const, 'expected numbers up to 65504 for float16'],
  ])('for %s', async (_, written, dtype, message) => {
    const merged = mergeAdapter({ model, adapter: await written(), out, dtype });
    await expect(merged).rejects.toThrow(message);
    expect(existsSync(join(out, 'model.safetensors'))).toBe(false);
  });

  it('and the largest that there are are not', async () => {
    await mergeAdapter({ model, adapter: await adapter('large', 1.84e19, 1.84e19), out });
    const { weights } = openModel(out);
    expect(weights.read(`${module}.weight`)[0]).toBe(Math.fround(Math.fround(1.84e19) ** 2));
    weights.close();
    await mergeAdapter({ model, adapter: await adapter('large', 1.84e19, 1.83e19), out, dtype: 'bfloat16' });
    rmSync(out, { recursive: true });
  });
});

describe('an adapter or a model that a run has left is checked before it is read', () => {
  const reads = async (path: string, base = model): Promise<void> => {
    const { model: loaded } = await loadModel({ model: base, adapter: path });
    loaded.dispose();
  };

  it('as an adapter, by whoever reads it', async () => {
    const backend = await openBackend('cpu');
    const path = await adapter('run', 0.5, 0.5);
    writeFileSync(join(path, 'steps.jsonl'), '{"step":1}\n');
    await writeContents(path);
    await reads(path);
    // Of the rest of the folder nothing is asked here.
    rmSync(join(path, 'steps.jsonl'));
    await reads(path);
    const { model: loaded } = await loadModel({ model });
    for (const [name, change] of [
      [
        'adapter_model.safetensors',
        (bytes: Buffer) => bytes.map((byte, i) => (i === bytes.length - 2 ? byte ^ 4 : byte)),
      ],
      [
        'adapter_config.json',
        (bytes: Buffer) => Buffer.from(bytes.toString().replace('"lora_alpha":1', '"lora_alpha":2')),
      ],
    ] as const) {
      const file = join(path, name);
      const whole = readFileSync(file);
      writeFileSync(file, change(whole));
      const refusal = `${file}: got "other bytes", expected those that were written: it is damaged`;
      await expect(reads(path)).rejects.toThrow(refusal);
      await expect(mergeAdapter({ model, adapter: path, out })).rejects.toThrow(refusal);
      await expect(joinAdapters({ model, adapters: [path, path], out })).rejects.toThrow(refusal);
      await expect(underAdapter(loaded, model, path)).rejects.toThrow(refusal);
      writeFileSync(file, whole);
    }
    await reads(path);
    loaded.dispose();
    backend.close();
  });

  it('as a model; what is merged from it does not say what was in its folder', async () => {
    const backend = await openBackend('cpu');
    const trained = join(folder, 'trained');
    await writeRandomModel(trained, config, { seed: 2 });
    writeFileSync(join(trained, 'LICENSE'), 'free');
    await writeContents(trained);
    const changing = await adapter('changing', 0.5, 0.5);
    await mergeAdapter({ model: trained, adapter: changing, out });
    expect(existsSync(join(out, 'LICENSE'))).toBe(true);
    expect(existsSync(join(out, 'contents.json'))).toBe(false);
    await reads(changing, out);
    await checkContents(trained, ['model.safetensors']);
    const file = join(trained, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"rms_norm_eps"', '"other"'));
    await expect(reads(changing, trained)).rejects.toThrow(`${file}: got `);
    await expect(mergeAdapter({ model: trained, adapter: changing, out })).rejects.toThrow('it is damaged');
    backend.close();
  });
});
