import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configJson, type ModelConfig } from '../../../src/llm/model/architecture/index.js';
import { weightShapes } from '../../../src/llm/model/decoder.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { byteTokenizerJson } from '../../../src/llm/tokenizer/byte-level.js';
import { writeJson } from '../../../src/base/json-file.js';
import { sizeOf } from '../../../src/llm/weights/weights.js';
import { testBuild } from '../../build.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { hasWebGpu } from '../webgpu.js';

const folder = temporaryFolder();
const webGpu = await hasWebGpu();

/** Writes a model of zeros, in a file with a hole for its data. */
async function writeEmptyModel(config: ModelConfig): Promise<number> {
  let bytes = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of weightShapes(config)) {
    const end = bytes + 4 * sizeOf(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [bytes, end] };
    bytes = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, Buffer.concat([length, json]));
  ftruncateSync(file, 8 + json.length + bytes);
  closeSync(file);
  await writeJson(join(folder, 'config.json'), configJson(config));
  await writeJson(join(folder, 'tokenizer.json'), byteTokenizerJson());
  return bytes;
}

// Prints by how much the process grew at most while it loaded the model.
const script = `
import { openBackend } from '${testBuild}/src/engine/backend.js';
import { loadModel } from '${testBuild}/src/llm/model/load.js';
const [name, model] = process.argv.slice(1);
const backend = await openBackend(name);
const before = process.resourceUsage().maxRSS;
await loadModel({ model });
console.log(1024 * (process.resourceUsage().maxRSS - before));
backend.close();
`;

// On a software GPU the memory of the device is the process's, too.
it.each(['wasm', 'webgpu'] as const)('loading a model of 60 million parameters takes them once on %s', async (name) => {
  if (name === 'webgpu' && !webGpu) return;
  const config = neoxConfig({ vocabularySize: 20_000, width: 512, heads: 8, layers: 12 });
  const bytes = await writeEmptyModel(config);
  expect(bytes / 4).toBeGreaterThan(58e6);
  const words = ['--input-type=module', '-e', script, name, folder];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const grown = Number(stdout) / bytes;
  expect(grown).toBeGreaterThan(0.9);
  expect(grown).toBeLessThan(1.5);
});
