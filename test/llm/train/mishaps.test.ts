import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { unfinishedPath } from '../../../src/base/whole-file.js';
import { readCheckpoint } from '../../../src/llm/train/checkpoint.js';
import { openSafetensors } from '../../../src/llm/weights/safetensors.js';
import { llm, startLlm, withOptions } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { folderOf, stepsWritten, writeToyFiles, type ToyFiles } from '../toy.js';

// Each test runs the command line several times.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
let files: ToyFiles;
beforeAll(async () => {
  files = await writeToyFiles(folder);
});

function words(out: string, ...more: string[]): string[] {
  const { model, sft, preferences } = files;
  const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--cache', join(folder, 'cache')];
  const run = [
    '--max-length',
    '48',
    '--steps',
    '6',
    '--lora-rank',
    '2',
    '--backend',
    'wasm',
    '--checkpoint-every',
    '1',
  ];
  return withOptions(['train', ...data, ...run, '--schedule', 'sft', '--out', out], more);
}

/** The checkpoint of a run under way. */
function checkpointOf(out: string): string {
  return join(folderOf(out), 'checkpoint.safetensors');
}

/** Every value of a checkpoint; reading it fails where the file is not whole. */
function checkpointValues(out: string): number[] {
  const weights = openSafetensors(checkpointOf(out));
  const values = [...weights.shapes.keys()].flatMap((name) => Array.from(weights.read(name)));
  weights.close();
  return values;
}

describe('a run in trouble', () => {
  it('whose loss is no number says at which step, and leaves a whole checkpoint', async () => {
    const out = join(folder, 'diverged');
    const { code, stdout, stderr } = await llm(...words(out, '--learning-rate', '1e30', '--json'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+forgetting: step \d: sft: got NaN, expected a finite number[^\n]*\n$/,
    );
    const values = checkpointValues(out);
    expect(values.length).toBeGreaterThan(0);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('whose disk is full says which file, and the last checkpoint is whole and goes on', async () => {
    const out = join(folder, 'no-room');
    const command = words(out, '--steps', '100000');
    const running = startLlm(command);
    while (stepsWritten(out) < 2) await wait(1);
    // From here on what is written on the way to a checkpoint meets a full device.
    while (!linked('/dev/full', unfinishedPath(checkpointOf(out), running.process.pid ?? 0))) await wait(0);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+forgetting: .*\/no-room\.attempt-1\/checkpoint\.safetensors: got "a full disk", expected [^\n]*\n$/,
    );
    expect(readdirSync(folderOf(out)).filter((name) => name.startsWith('checkpoint'))).toEqual([
      'checkpoint.safetensors',
    ]);
    const before = readCheckpoint(checkpointOf(out)).state.step;
    expect(before).toBe(stepsWritten(out) - 1);
    expect(checkpointValues(out).length).toBeGreaterThan(0);

    const resumed = startLlm([...command, '--resume']);
    while (!existsSync(`${out}.attempt-2/checkpoint.safetensors`)) await wait(1);
    while (readCheckpoint(checkpointOf(out)).state.step <= before) await wait(1);
    resumed.process.kill('SIGINT');
    expect((await resumed.ended).code).toBe(130);
  });
});

/** Makes a symbolic link, unless something by that name is there at the moment. */
function linked(target: string, path: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch {
    return false;
  }
}
