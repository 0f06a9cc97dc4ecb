import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, expect, it } from 'vitest';
import { writeProgram } from '../../bundle/program.js';
import { fileIn, type Finished } from '../cli/command.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeToyFiles, type ToyFiles } from '../llm/toy.js';
import { hasWebGpu } from '../llm/webgpu.js';

// The whole of `npm run llm:bundle` but its Node, for which this one stands in, and the archive.
const folder = temporaryFolder();
const home = temporaryFolder();
const bundle = join(folder, 'bundle');
const webGpu = await hasWebGpu();
let toy: ToyFiles;
beforeAll(async () => {
  await writeProgram(bundle);
  copyFileSync(join(import.meta.dirname, '../../bundle/forgetting'), join(bundle, 'forgetting'));
  chmodSync(join(bundle, 'forgetting'), 0o755);
  symlinkSync(process.execPath, join(bundle, 'node'));
  toy = await writeToyFiles(folder);
});

/** Runs the start script far from the checkout, with an environment of nothing else than what is given. */
function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Finished {
  const env = { HOME: home, PATH: '/nowhere', ...environment };
  const { status, stdout, stderr } = spawnSync(join(bundle, 'forgetting'), words, { cwd: home, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

// One short record: a software GPU takes seconds for what a GPU does in a millisecond.
const evaluate = (backend: string): string[] => [
  ...['llm', 'evaluate', '--model', toy.model],
  ...['--sft', fileIn(folder, 'short.jsonl', { instruction: 'a', output: 'bc' })],
  ...['--preferences', fileIn(folder, 'preference.jsonl', { prompt: 'd', chosen: ' yes', rejected: ' no' })],
  ...['--backend', backend, '--json'],
];

it('evaluates on wasm, and on a GPU to the same numbers', () => {
  const wasm = run(evaluate('wasm'));
  expect(wasm).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^wasm: WebAssembly with SIMD, [^\n]*\nsft: 1 record of [^\n]*\npreferences: 1 record of [^\n]*\n$/,
    ) as string,
  });
  const { sft } = JSON.parse(wasm.stdout) as { sft: { loss: number } };
  expect(sft.loss).toBeGreaterThan(0);
  if (!webGpu) return;
  const gpu = run(evaluate('webgpu'), { VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? '' });
  expect(gpu).toMatchObject({ code: 0 });
  expect((JSON.parse(gpu.stdout) as typeof wasm & { sft: { loss: number } }).sft.loss).toBeCloseTo(sft.loss, 4);
});

it('trains, on a Parquet file, which a thread decodes as elsewhere', () => {
  const out = join(folder, 'run');
  const sft = join(folder, 'sft.parquet');
  const column = (name: string, data: string[]) => ({ name, data, type: 'STRING' as const });
  const columnData = [column('instruction', ['ab', 'cd']), column('output', ['ef', 'gh'])];
  writeFileSync(sft, new Uint8Array(parquetWriteBuffer({ columnData })));
  const words = ['llm', 'train', '--model', toy.model, '--sft', sft, '--preferences', toy.preferences];
  const trained = run([...words, '--backend', 'wasm', '--schedule', 'mix', '--steps', '2', '--out', out]);
  expect(trained).toMatchObject({ code: 0 });
  expect(existsSync(join(out, 'adapter_model.safetensors'))).toBe(true);
  expect(trained.stderr).toContain('sft: 2 records');
});

it('says in one line what is missing where no Vulkan is', () => {
  const { code, stdout, stderr } = run(evaluate('webgpu'), { XDG_CONFIG_DIRS: home, XDG_DATA_DIRS: home });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^forgetting: --backend: got "webgpu", expected a WebGPU adapter, and none was found: .*Vulkan.*\n$/,
  );
});
