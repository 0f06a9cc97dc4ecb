import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { gradientDifferences, measuredGradients } from '../../../src/llm/device/gradient-check.js';
import type { DeviceReport } from '../../../src/llm/device/measure.js';
import { timeSteps } from '../../../src/llm/device/step-time.js';
import { hashedUniform } from '../../../src/llm/profile/hashed-weights.js';
import { architectures } from '../../../src/llm/model/architecture/index.js';
import { shapes } from '../../../src/llm/profile/shapes.js';
import { randomTokens } from '../../../src/llm/profile/step-task.js';
import { answered } from '../../cli/in-process.js';
import { startLlm } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { compilingTimeout, hasWebGpu } from '../webgpu.js';

const webGpu = await hasWebGpu();
const folder = temporaryFolder();
const root = new URL('../../..', import.meta.url).pathname;

it('finds no difference where there is none, and one where a kernel is wrong', async () => {
  const reference = await measuredGradients(await openBackend('cpu'));
  const differences = async () => gradientDifferences(reference, await measuredGradients(await openBackend('wasm')));
  const right = await differences();
  expect(right).toHaveLength(4 * architectures.length);
  for (const { loss, gradient } of right) expect([loss < 1e-5, gradient < 1e-4]).toEqual([true, true]);

  const gelu = tf.getKernel('Gelu', 'wasm');
  tf.unregisterKernel('Gelu', 'wasm');
  tf.registerKernel({ ...gelu, kernelFunc: tf.getKernel('Silu', 'wasm').kernelFunc });
  try {
    const wrong = await differences();
    expect(Math.max(...wrong.map(({ gradient }) => gradient))).toBeGreaterThan(1e-3);
  } finally {
    tf.unregisterKernel('Gelu', 'wasm');
    tf.registerKernel(gelu);
  }
});

it('numbers by position are spread evenly, and the same in runs', () => {
  const whole = hashedUniform(3, { first: 0, end: 20_000 });
  expect(hashedUniform(3, { first: 12_345, end: 12_400 })).toEqual(whole.slice(12_345, 12_400));
  const mean = whole.reduce((sum, x) => sum + x, 0) / whole.length;
  const square = whole.reduce((sum, x) => sum + x ** 2, 0) / whole.length;
  const neighbours = whole.reduce((sum, x, i) => sum + x * (whole[i + 1] ?? 0), 0) / whole.length;
  // Three standard errors of each.
  expect(Math.abs(mean)).toBeLessThan(0.0123);
  expect(Math.abs(square - 1 / 3)).toBeLessThan(0.0064);
  expect(Math.abs(neighbours)).toBeLessThan(0.0071);
});

const python = '/usr/bin/python3';
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;
it.skipIf(!hasTorch)('PyTorch takes the same steps: the same loss on the same weights and tokens', async () => {
  const backend = await openBackend('wasm');
  const [batch, length] = [2, 24];
  const { config } = shapes.small;
  for (const [kind, objective, full] of [
    ['sft-full', 'sft', true],
    ['dpo-lora', 'dpo', false],
  ] as const) {
    const own = await timeSteps({ config, kind, batch, length, steps: 1, seconds: 0 });
    expect(own.parameters).toBe(265_600);
    const sequences = randomTokens(config.vocabularySize, objective === 'dpo' ? 2 * batch : batch, length, 0);
    const ids = sequences.map((sequence) => Array.from(sequence.ids));
    const task = { config, batch, objective, full, rank: 16, ids, steps: 1, seconds: 0 };
    const { stdout, stderr } = spawnSync(python, [join(root, 'bundle/eager.py')], {
      input: JSON.stringify(task),
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    const peer = JSON.parse(stdout) as { firstLoss: number; milliseconds: number };
    expect(Math.abs(own.firstLoss / peer.firstLoss - 1)).toBeLessThan(1e-5);
    expect(peer.milliseconds).toBeGreaterThan(0);
  }
  backend.close();
});

it.skipIf(!webGpu)(
  'one command checks the gradients of an adapter, and leaves out what time does not allow',
  async () => {
    const file = join(folder, 'device.json');
    const words = ['device', '--models', 'small,medium', '--time-limit', '1', '--python', '/nowhere', '--out', file];
    const ended = await startLlm([...words, '--json']).ended;
    expect(ended).toMatchObject({ code: 0 });
    const report = JSON.parse(ended.stdout) as DeviceReport;
    expect(report).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(report.gradients).toMatchObject({ ok: true, allowed: 1e-4 });
    expect(report.gradients.largest).toBeGreaterThan(0);
    expect(report.adapter.names.length).toBeGreaterThan(0);
    expect(report.adapter.largestBuffer).toBeGreaterThanOrEqual(2 ** 27);
    expect(report.notes).toContain('small, sft-full: left out, the time limit of 1 s is reached');
    expect(report.notes.some((note) => note.startsWith('PyTorch: left out, /nowhere cannot import torch'))).toBe(true);
  },
  compilingTimeout,
);

it.each([
  [['--models', 'tiny'], 'models: got "tiny", expected small, medium'],
  [['--models', 'small', '--length', '4096'], 'length: got 4096, expected at most 2048'],
])('refuses %j in one line', async (words, message) => {
  const { code, stderr } = await answered(['llm', 'device', ...words]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^[^\n]*\n$/);
  expect(stderr).toContain(message);
});
