import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { llmProfileCommand } from '../../../src/cli/llm/profile.js';
import { architectures } from '../../../src/llm/model/architecture/index.js';
import { shapeNames } from '../../../src/llm/profile/shapes.js';
import type { StepProfile } from '../../../src/llm/profile/profile.js';
import { selfTimer } from '../../../src/llm/profile/self-times.js';
import { undisturbed } from '../../../src/llm/profile/undisturbed.js';
import { testBuild } from '../../build.js';
import { answered } from '../../cli/in-process.js';
import { llm, startLlm } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeToyFiles } from '../toy.js';
import { hasWebGpu } from '../webgpu.js';

const folder = temporaryFolder();
let model: string;
beforeAll(async () => {
  ({ model } = await writeToyFiles(folder));
});

const quick = ['--batch', '2', '--length', '64', '--steps', '8'];

it('work within work is taken from its time, also where it throws', () => {
  let time = 0;
  const timer = selfTimer(() => time);
  const spend = (milliseconds: number): void => {
    time += milliseconds;
  };
  timer.run('outer', () => {
    spend(1);
    timer.run('inner', () => {
      spend(10);
    });
    expect(() =>
      timer.run('broken', () => {
        spend(100);
        throw new Error('as meant');
      }),
    ).toThrow('as meant');
    spend(1000);
  });
  timer.run('inner', () => {
    spend(5);
  });
  expect(timer.times()).toEqual([
    { name: 'outer', calls: 1, milliseconds: 1001 },
    { name: 'broken', calls: 1, milliseconds: 100 },
    { name: 'inner', calls: 2, milliseconds: 15 },
  ]);
});

it('steps interrupted between rows are left out, and what most steps lose is not', () => {
  const step = (kernel: number, lost: number) => ({
    steps: 1,
    milliseconds: kernel + lost,
    times: [{ name: 'Linear', calls: 2, milliseconds: kernel }],
  });
  const recorded = undisturbed([step(9, 1), step(10, 40), step(8, 1), step(30, 2), step(30, 40)]);
  expect(recorded).toEqual({
    steps: 3,
    milliseconds: 51,
    times: [{ name: 'Linear', calls: 6, milliseconds: 47 }],
  });
  expect(undisturbed([step(1, 2)])).toEqual(step(1, 2));
  expect(undisturbed([step(1, 9), step(1, 9), step(1, 9), step(1, 0)]).milliseconds).toBe(11);
});

describe('forgetting llm profile', () => {
  it('names every shape in its help but those that are made for each architecture', () => {
    const help = llmProfileCommand().options.find(({ long }) => long === '--shape')?.description;
    const made: string[] = architectures.map(({ name }) => name);
    for (const name of shapeNames().filter((each) => !made.includes(each))) expect(help).toContain(name);
  });

  it.each([
    ['small', 'sft', ['--full-fine-tuning'], 3],
    ['small', 'dpo', ['--lora-rank', '4'], 2],
  ])('accounts for a step of %s by %s %j', async (shape, objective, trained, passes) => {
    const words = ['profile', '--shape', shape, '--objective', objective, ...trained, ...quick];
    const ended = await llm(...words, '--backend', 'wasm', '--json');
    expect(ended.stderr).toContain('wasm');
    const profile = JSON.parse(ended.stdout) as StepProfile;
    const sum = profile.rows.reduce((total, { share }) => total + share, 0);
    expect(profile.accounted).toBeCloseTo(sum, 12);
    expect(profile.accounted).toBeLessThanOrEqual(1);
    expect(ended.code).toBe(profile.accounted >= 0.95 ? 0 : 1);
    expect(ended.code).toBe(0);
    const [first] = profile.rows;
    expect(first.milliseconds / profile.stepMilliseconds).toBeCloseTo(first.share, 12);
    // 4 layers with 12 · 64² weights and a vocabulary of 512 at width 64, a multiplication and an addition each.
    const rows = 128 * (objective === 'dpo' ? 2 : 1);
    const leastOperations = 2 * rows * 4 * 12 * 64 ** 2 * passes;
    expect(profile.operations.gigaflops * 1e9).toBeGreaterThan(leastOperations);
    expect(profile.operations.gigaflops * 1e9).toBeLessThan(2 * leastOperations);
    const { tensors, weights, activations, optimiser, process: all } = profile.memory;
    expect(weights + activations + optimiser).toBe(tensors);
    expect(activations).toBeGreaterThan(0);
    expect(all).toBeGreaterThan(tensors);
    const numbers = 4 * (12 * 64 ** 2 + 13 * 64) + 2 * 512 * 64 + 2 * 64;
    // An adapter of rank 4 on queries, keys and values, and its two moments.
    const adapter = 4 * (4 * 64 + 192 * 4);
    expect(weights).toBe(4 * (trained[0] === '--lora-rank' ? numbers + adapter : numbers));
    expect(optimiser).toBe(8 * (trained[0] === '--lora-rank' ? adapter : numbers));
    expect(profile.millisecondsPerToken).toBeCloseTo(profile.stepMilliseconds / rows, 12);
    const achieved = profile.operations.gigaflops / (profile.stepMilliseconds / 1000);
    expect(profile.operations.shareOfLimit).toBeCloseTo(achieved / profile.matmulLimit.gigaflopsPerSecond, 12);
  });

  it('holds the weights of a shape in the type that is asked for', async () => {
    const words = ['profile', '--shape', 'small', '--batch', '1', '--length', '8', '--steps', '1', '--backend', 'wasm'];
    const weightsOf = async (...more: string[]): Promise<number> =>
      (JSON.parse((await answered(['llm', ...words, '--json', ...more])).stdout) as StepProfile).memory.weights;
    const [plain, half] = [await weightsOf(), await weightsOf('--dtype', 'bfloat16')];
    // Matrices at half the size; norms, biases and the adapter stay as they are.
    expect(plain - half).toBe(2 * (4 * 12 * 64 ** 2 + 2 * 512 * 64));
    const { code, stderr } = await answered(['llm', 'profile', '--model', model, '--dtype', 'float16']);
    expect(code).toBe(2);
    expect(stderr).toContain('dtype: got "float16", expected --shape');
  });

  it('prints a table, and fails where time is lost outside of kernels and of what lies between them', async () => {
    const slow = join(folder, 'slow.mjs');
    const schedules = pathToFileURL(join(testBuild, 'src/schedule/index.js')).href;
    writeFileSync(
      slow,
      `import { schedules } from ${JSON.stringify(schedules)};
      const { distribution } = schedules.sft;
      schedules.sft.distribution = (...values) => {
        for (const end = performance.now() + 60; performance.now() < end; );
        return distribution(...values);
      };`,
    );
    const words = ['profile', '--model', model, ...quick, '--backend', 'wasm'];
    const ended = await startLlm(words, { NODE_OPTIONS: `--import ${pathToFileURL(slow).href}` }).ended;
    for (const text of ['kernel', 'in kernels', 'sum', 'matmul limit', 'FAILED: the rows account for']) {
      expect(ended.stdout).toContain(text);
    }
    expect(ended.code).toBe(1);
  });

  it.each([
    [[], 'either --shape or --model'],
    [['--shape', 'large'], shapeNames().join(', ')],
    [['--shape', 'small', '--lora-rank', '2', '--full-fine-tuning'], 'either --lora-rank or --full-fine-tuning'],
    [['--shape', 'small', '--length', '4000'], 'at most 2048'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await answered(['llm', 'profile', '--backend', 'cpu', ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe.skipIf(!(await hasWebGpu()))('on a GPU', () => {
  it('kernels are timed by the GPU itself', async () => {
    // A software GPU takes seconds for what a GPU does in a millisecond.
    const tiny = ['--batch', '1', '--length', '16', '--steps', '2'];
    const { stdout, code } = await llm('profile', '--model', model, ...tiny, '--backend', 'webgpu', '--json');
    const profile = JSON.parse(stdout) as StepProfile;
    const callsOf = (name: string): number => profile.rows.find(({ kernel }) => kernel === name)?.calls ?? 0;
    // Of four weights in each of two layers: the products, and the gradients of what they multiply.
    expect(callsOf('BatchMatMul')).toBeGreaterThan(2 * 4 * 2);
    // Of each layer, several programs.
    expect(callsOf('Attention')).toBeGreaterThan(2);
    expect(callsOf('AttentionGradient')).toBeGreaterThan(2);
    expect(code).toBe(profile.accounted >= 0.95 ? 0 : 1);
    expect(profile.rows.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
  });
});
