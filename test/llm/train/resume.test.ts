import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { answered } from '../../cli/in-process.js';
import { startLlm, withOptions } from '../command.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { folderOf, stepsWritten, writeToyFiles, type ToyFiles } from '../toy.js';

// Each test runs the command line several times.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
let files: ToyFiles;
beforeAll(async () => {
  files = await writeToyFiles(folder);
});

/** The words of a training command whose run takes a few seconds. */
function words(out: string, backend: string, ...more: string[]): string[] {
  const { model, sft, preferences } = files;
  const data = ['--model', model, '--sft', sft, '--preferences', preferences, '--cache', join(folder, 'cache')];
  const batches = ['--sft-batch', '2', '--preference-batch', '2', '--max-length', '48'];
  const run = ['--learning-rate', '1e-2', '--lora-rank', '2', '--seed', '3'];
  const files_ = ['--checkpoint-every', '3', '--evaluate-every', '7', '--out', out];
  return withOptions(['train', ...data, ...batches, ...run, ...files_, '--backend', backend], more);
}

/** Runs a command to its end, in this process. */
const llm = (given: readonly string[]) => answered(['llm', ...given]);

/** Every file of a run that does not depend on the clock, by name. */
function contents(out: string): Map<string, string> {
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter((name) => statSync(join(out, name)).isFile() && !/timing|tensorboard/.test(name));
  return new Map(kept.map((name) => [name, readFileSync(join(out, name)).toString('base64')]));
}

/** Starts a run and kills it as soon as it has written so many steps; says how many it had written then. */
async function killedAfter(count: number, command: readonly string[], out: string): Promise<number> {
  const running = startLlm(command);
  while (stepsWritten(out) < count && running.process.exitCode === null) await wait(1);
  running.process.kill('SIGKILL');
  const { signal } = await running.ended;
  expect(signal).toBe('SIGKILL');
  return stepsWritten(out);
}

/** Expects the files of two runs to be equal to the byte. */
function expectEqualRuns(out: string, whole: string): void {
  const [expected, found] = [contents(whole), contents(out)];
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, content] of expected) expect(found.get(name) === content, name).toBe(true);
}

describe('on wasm', () => {
  const schedule = ['--schedule', 'alright', '--steps', '30'];
  const whole = join(folder, 'whole');
  beforeAll(async () => {
    const { code, stderr } = await llm(words(whole, 'wasm', ...schedule));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+$/)]);
  });

  it('a run killed and started again ends with the bytes of one never stopped', async () => {
    const out = join(folder, 'killed');
    for (const count of [1, 14]) {
      const written = await killedAfter(count, words(out, 'wasm', ...schedule, '--resume'), out);
      expect(written).toBeGreaterThanOrEqual(count);
      expect(existsSync(join(out, 'result.json'))).toBe(false);
    }
    const { code } = await llm(words(out, 'wasm', ...schedule, '--resume'));
    expect(code).toBe(0);
    expectEqualRuns(out, whole);
    const timing = readFileSync(join(out, 'timing.jsonl'), 'utf8').trim().split('\n');
    const timed = timing.map((line) => (JSON.parse(line) as { step: number }).step);
    expect(timed).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('Ctrl-C finishes the step, saves, says how to go on, and what it says works', async () => {
    const out = join(folder, 'interrupted');
    const running = startLlm(words(out, 'wasm', ...schedule));
    while (stepsWritten(out) < 4) await wait(1);
    running.process.kill('SIGINT');
    const { code, stderr, stdout } = await running.ended;
    expect([code, stdout]).toEqual([130, '']);
    const said = /stopped after step (\d+); resume with: forgetting llm (.*--resume)\n$/.exec(stderr);
    expect(Number(said?.[1])).toBe(stepsWritten(out));
    expect(Number(said?.[1])).toBeLessThan(30);
    const again = (said?.[2] ?? '').split(' ');

    // What is damaged there is refused by name, and whole again it is gone on with.
    for (const [name, damage] of [
      ['checkpoint.safetensors', (whole: Buffer) => Buffer.from(whole.map((byte, i) => byte ^ Number(i === 9e3)))],
      ['steps.jsonl', (whole: Buffer) => whole.subarray(0, 99)],
    ] as const) {
      const path = join(folderOf(out), name);
      const found = readFileSync(path);
      writeFileSync(path, damage(found));
      const refused = await llm(again);
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(/^forgetting: [^\n]*: it is damaged\n$/);
      expect(refused.stderr).toContain(`forgetting: ${path}: got `);
      writeFileSync(path, found);
    }
    expect((await llm(again)).code).toBe(0);
    expectEqualRuns(out, whole);
  });

  it('taken over by another process, the first notices at its next checkpoint, and the last ends with the same bytes', async () => {
    const out = join(folder, 'shared');
    const command = words(out, 'wasm', ...schedule);
    const first = startLlm(command);
    while (stepsWritten(out) < 4) await wait(1);
    // Held still, with its files open, until the second has taken over from it and was killed in its turn.
    first.process.kill('SIGSTOP');
    const second = startLlm([...command, '--resume']);
    while (!existsSync(`${out}.attempt-2/checkpoint.safetensors`)) await wait(1);
    while (stepsWritten(out) < 8) await wait(1);
    second.process.kill('SIGKILL');
    expect((await second.ended).signal).toBe('SIGKILL');
    const third = startLlm([...command, '--resume']);
    first.process.kill('SIGCONT');
    const { code, stdout, stderr } = await first.ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+forgetting: out: got ".*shared", expected a run of this process alone: another [^\n]*\n$/,
    );
    expect(await third.ended).toMatchObject({ code: 0 });
    expectEqualRuns(out, whole);
    expect(readdirSync(folder).filter((name) => name.startsWith('shared'))).toEqual(['shared']);
  });

  it('a run that has ended answers from its result, and is neither overwritten nor mixed with another', async () => {
    const before = contents(whole);
    const again = await llm(words(whole, 'wasm', ...schedule, '--resume', '--json'));
    const { steps } = JSON.parse(again.stdout) as { steps: unknown[] };
    expect([again.code, steps.length]).toEqual([0, 30]);

    const refused = await llm(words(whole, 'wasm', ...schedule));
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(
      /^forgetting: out: got ".*whole", expected a folder without a run, or --resume .*\n$/,
    );

    const other = await llm(words(whole, 'wasm', ...schedule, '--resume', '--learning-rate', '1e-3'));
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/^forgetting: learning-rate: got 0.001, expected 0.01, as the run in .* began\n$/);
    expect(contents(whole)).toEqual(before);
  });
});

it('SFT alone, in epochs, with dropout and a linear decay, goes on to the same bytes after a kill', async () => {
  const { model, sft } = files;
  const [whole, out] = [join(folder, 'alone-whole'), join(folder, 'alone-killed')];
  const alone = (to: string, ...more: string[]): string[] => [
    ...['train', '--schedule', 'sft', '--model', model, '--sft', sft, '--sft-batch', '2', '--epochs', '6'],
    ...['--decay', 'linear', '--lora-rank', '2', '--lora-dropout', '0.25', '--learning-rate', '1e-2'],
    ...['--max-length', '48', '--backend', 'wasm', '--checkpoint-every', '3', '--out', to, ...more],
  ];
  const { code, stdout } = await llm(alone(whole));
  expect([code, stdout]).toEqual([0, expect.stringMatching(/f_SFT[^]*\n21 steps; all of it in /)]);
  expect(stdout).not.toContain('f_DPO');
  await killedAfter(8, alone(out), out);
  expect(await llm(alone(out, '--resume'))).toMatchObject({ code: 0 });
  expectEqualRuns(out, whole);
  const rows = readFileSync(join(whole, 'steps.jsonl'), 'utf8').trim().split('\n');
  rows.forEach((row, i) => {
    expect((JSON.parse(row) as { learningRate: number }).learningRate).toBeCloseTo((1e-2 * (21 - i)) / 21, 12);
  });
  expect(JSON.parse(readFileSync(join(whole, 'adapter_config.json'), 'utf8'))).toMatchObject({ lora_dropout: 0.25 });
  const other = await llm(alone(whole, '--resume', '--template', 'none'));
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/^forgetting: (?:template|data)[^\n]*: got /)]);
});

it('what stage two keeps of stage one survives a kill, and what it needs beside is made again', async () => {
  const [whole, out] = [join(folder, 'kept-whole'), join(folder, 'kept-killed')];
  const terms = ['--l2-anchor', '0.1', '--ewc-anchor', '2', '--fisher-examples', '3', '--kl-anchor', '0.5'];
  const more = ['--chosen-nll', '0.3', '--own-replies', '--stage-two-learning-rate', '5e-3', '--average', '0.5'];
  const replay = ['--schedule', 'replay', '--replay', '0.4', '--split', '6,18', ...terms, ...more];
  const { code, stdout } = await llm(words(whole, 'wasm', ...replay));
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\n24 steps; all of it in /)]);
  const again = words(out, 'wasm', ...replay, '--resume', '--cache', join(folder, 'another cache'));
  await killedAfter(11, again, out);
  rmSync(join(folder, 'another cache'), { recursive: true });
  expect(await llm(again)).toMatchObject({ code: 0 });
  expectEqualRuns(out, whole);
  const config = JSON.parse(readFileSync(join(whole, 'adapter_config.json'), 'utf8')) as { r: number };
  expect(config.r).toBe(4);
});

describe('on cpu', () => {
  it('a MAXRIGHT run killed and started again ends with the bytes of one never stopped', async () => {
    const optima = ['--sft-optimum', '1', '--dpo-optimum', '0.1'];
    const schedule = ['--schedule', 'maxright', '--period', '4', ...optima, '--steps', '9'];
    const [whole, out] = [join(folder, 'cpu-whole'), join(folder, 'cpu-killed')];
    expect(await llm(words(whole, 'cpu', ...schedule))).toMatchObject({ code: 0 });
    await killedAfter(5, words(out, 'cpu', ...schedule), out);
    expect(await llm(words(out, 'cpu', ...schedule, '--resume'))).toMatchObject({ code: 0 });
    expectEqualRuns(out, whole);
  });
});
