import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readEvents } from '../../src/llm/results/tensorboard.js';
import { lastOf } from '../llm/command.js';
import type { Finished } from './command.js';
import { answered } from './in-process.js';
import { hasWebGpu } from '../llm/webgpu.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeLines, writeToyFiles, type ToyFiles } from '../llm/toy.js';

const webGpu = await hasWebGpu();

interface Evaluation {
  readonly sft: { readonly loss: number; readonly tokens: number };
  readonly dpo: {
    readonly loss: number;
    readonly accuracy: number;
    readonly chosenReward: number;
    readonly rejectedReward: number;
    readonly pairs: number;
  };
  readonly dropped: { readonly sft: number; readonly preferences: number };
  readonly perExample: readonly {
    readonly index: number;
    readonly chosen: number;
    readonly rejected: number;
    readonly referenceChosen: number;
    readonly referenceRejected: number;
  }[];
  readonly tokens?: Record<'sft' | 'preferences', readonly { readonly index: number }[]>;
}

interface Training {
  readonly steps: readonly { readonly choice: 'sft' | 'dpo' | 'mix'; readonly loss: number }[];
  readonly final: Evaluation;
  readonly stopped: string | null;
}

// Each test runs the command line several times.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = temporaryFolder();
let files: ToyFiles;
let common: string[];
beforeAll(async () => {
  files = await writeToyFiles(folder);
  const data = ['--model', files.model, '--sft', files.sft, '--preferences', files.preferences];
  common = [...data, '--max-length', '48', '--backend', 'wasm', '--cache', join(folder, 'cache'), '--json'];
});

/** Runs a command whose later words may stand in place of earlier ones. */
function llm(...words: string[]): Promise<Finished> {
  return answered(['llm', ...lastOf(words)]);
}

async function printed<Result>(...words: string[]): Promise<Result> {
  const { code, stdout, stderr } = await llm(...words);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^wasm: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+$/)]);
  return JSON.parse(stdout) as Result;
}

const fields = <Row>(path: string): Row[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('llm evaluate', () => {
  it('prints both objectives over all records kept, what was dropped, and every pair by its record', async () => {
    const long = 'x'.repeat(60);
    const [first, ...others] = fields<{ prompt: string }>(files.preferences);
    const preferences = writeLines(join(folder, 'long.jsonl'), [first, { ...first, prompt: long }, ...others]);
    const sft = writeLines(join(folder, 'empty.jsonl'), [
      { instruction: 'a', output: '' },
      ...fields<object>(files.sft),
    ]);
    const shown = ['--preferences', preferences, '--sft', sft, '--show-tokens', '2', '--batch', '3'];
    const { sft: onSft, dpo, dropped, perExample, tokens } = await printed<Evaluation>('evaluate', ...common, ...shown);
    // Outputs of 4, 7, 10, 4, 7, 10 and 4 bytes, each with a space and EOS.
    expect(onSft.tokens).toBe(60);
    expect(onSft.loss).toBeGreaterThan(0);
    expect(dropped).toEqual({ sft: 1, preferences: 1 });
    // Policy and reference are one and the same model.
    expect(dpo).toEqual({ loss: Math.LN2, accuracy: 0, chosenReward: 0, rejectedReward: 0, pairs: 5 });
    expect(perExample.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5]);
    for (const { chosen, rejected, referenceChosen, referenceRejected } of perExample) {
      expect([referenceChosen, referenceRejected]).toEqual([chosen, rejected]);
    }
    expect(tokens?.sft[0]).toEqual({
      index: 1,
      promptLength: 23,
      ids: [...Buffer.from('User: Say 0\nAssistant: abc0 '), 256],
    });
    expect(tokens?.preferences.map(({ index }) => index)).toEqual([0, 2]);
  });
});

it('evaluates one objective alone as beside the other', async () => {
  const { sft, dpo, perExample } = await printed<Evaluation>('evaluate', ...common);
  const alone = (name: string): string[] => {
    const other = common.indexOf(name === '--sft' ? '--preferences' : '--sft');
    return [...common.slice(0, other), ...common.slice(other + 2)];
  };
  const onSft = await printed<Evaluation>('evaluate', ...alone('--sft'));
  expect(onSft).toMatchObject({ sft, dropped: { sft: 0 }, perExample: [], dpo: { loss: null, pairs: 0 } });
  expect(onSft.dropped).not.toHaveProperty('preferences');
  const onPreferences = await printed<Evaluation>('evaluate', ...alone('--preferences'));
  expect(onPreferences).toMatchObject({ dpo, perExample, sft: { loss: null, tokens: 0 } });
});

describe('llm train', () => {
  const out = (name: string): string => join(folder, name);
  const run = ['--sft-batch', '2', '--preference-batch', '2', '--learning-rate', '1e-2', '--seed', '0'];
  const lora = ['--lora-rank', '4', '--lora-alpha', '8', '--lora-targets', 'query_key_value'];

  it('takes steps whose losses are those of minibatches in file order, and ends as evaluate sees it', async () => {
    const mix = ['--schedule', 'mix', '--lambda', '0.25', '--steps', '3', '--no-shuffle', '--tensorboard'];
    const optima = ['--sft-optimum', '1', '--dpo-optimum', '0.5', '--evaluate-every', '2'];
    const words = [...common, ...run, ...lora, ...mix, ...optima, '--out', out('mix')];
    const { steps, final, stopped } = await printed<Training>('train', ...words);
    expect([steps.length, stopped]).toEqual([3, null]);

    // Before the first step policy and reference agree, and records 0 and 1 are the minibatch.
    const two = writeLines(join(folder, 'two.jsonl'), fields<object>(files.sft).slice(0, 2));
    const start = await printed<Evaluation>('evaluate', ...common, '--sft', two);
    expect(steps[0]).toEqual({
      choice: 'mix',
      loss: expect.closeTo(0.25 * Math.LN2 + 0.75 * start.sft.loss, 5) as number,
    });

    const adapter = ['--adapter', out('mix')];
    expect(await printed<Evaluation>('evaluate', ...common, ...adapter)).toEqual(final);
    expect(final.dpo.loss).not.toBe(Math.LN2);

    const logged = fields<Record<string, unknown>>(join(out('mix'), 'steps.jsonl'));
    expect(logged.map(({ choice, loss }) => ({ choice, loss }))).toEqual(steps);
    for (const { loss, sftLoss, dpoLoss, sftWeightedGap, dpoWeightedGap } of logged as Record<string, number>[]) {
      expect(loss).toBeCloseTo(0.25 * dpoLoss + 0.75 * sftLoss, 12);
      expect(sftWeightedGap).toBeCloseTo(0.75 * (sftLoss - 1), 12);
      expect(dpoWeightedGap).toBeCloseTo(0.25 * (dpoLoss - 0.5), 12);
    }
    const evaluations = fields<Record<string, number>>(join(out('mix'), 'evaluations.jsonl'));
    expect(evaluations.map(({ step }) => step)).toEqual([0, 2, 3]);
    const [last] = evaluations.slice(-1);
    expect([last.sftLoss, last.dpoLoss]).toEqual([final.sft.loss, final.dpo.loss]);
    expect(last.idealDistance).toBeCloseTo(Math.hypot(final.sft.loss - 1, final.dpo.loss - 0.5), 12);
    expect(last.rewardMargin).toBeCloseTo(final.dpo.chosenReward - final.dpo.rejectedReward, 12);

    for (const name of ['steps', 'evaluations']) {
      const file = await asyncBufferFromFile(join(out('mix'), `${name}.parquet`));
      expect(await parquetReadObjects({ file })).toEqual(fields(join(out('mix'), `${name}.jsonl`)));
    }
    const events = readEvents(readFileSync(join(out('mix'), 'tensorboard/events.out.tfevents.0.forgetting')));
    const curve = (tag: string): [number, number][] =>
      events.flatMap(({ step, scalars }) => (tag in scalars ? [[step, scalars[tag]]] : []));
    expect(curve('train/loss')).toEqual(steps.map(({ loss }, i) => [i + 1, Math.fround(loss)]));
    expect(curve('evaluation/sftLoss')).toEqual(evaluations.map(({ step, sftLoss }) => [step, Math.fround(sftLoss)]));
  });

  it('starts from an adapter and judges against a reference that are given', async () => {
    const words = [...common, ...run, '--schedule', 'dpo', '--steps', '1', '--no-shuffle'];
    const from = ['--adapter', out('mix'), '--reference', out('mix'), '--out', out('continued')];
    const { steps, final } = await printed<Training>('train', ...words, ...from);
    expect(steps).toEqual([{ choice: 'dpo', loss: expect.closeTo(Math.LN2, 6) as number }]);
    const against = ['--adapter', out('continued'), '--reference', out('mix')];
    expect(await printed<Evaluation>('evaluate', ...common, ...against)).toEqual(final);
  });

  it('runs the stages of sequential in the order and lengths asked for, from defaults of its own', async () => {
    const words = [...common, ...run, ...lora, '--schedule', 'sequential', '--out'];
    const halves = await printed<Training>('train', ...words, out('halves'), '--steps', '3');
    expect(halves.steps.map(({ choice }) => choice)).toEqual(['sft', 'sft', 'dpo']);
    const split = ['--order', 'dpo-sft', '--split', '1,2', '--reset-optimizer'];
    const turned = await printed<Training>('train', ...words, out('turned'), ...split);
    expect(turned.steps.map(({ choice }) => choice)).toEqual(['dpo', 'sft', 'sft']);
  });

  it('trains every weight, and writes a model that evaluates alike', async () => {
    const words = [...common, ...run, '--schedule', 'alright', '--steps', '4', '--gradient-accumulation', '2'];
    const full = await printed<Training>('train', ...words, '--full-fine-tuning', '--out', out('full'));
    const again = ['--model', out('full'), '--reference', files.model];
    const evaluation = await printed<Evaluation>('evaluate', ...common, ...again);
    expect(evaluation).toEqual(full.final);
    expect(evaluation.sft.loss).not.toBe(0);
  });

  it.skipIf(!webGpu)('takes the same step on webgpu as on wasm', async () => {
    // A software GPU takes seconds for what a GPU does in a millisecond: a few short records.
    const sft = writeLines(join(folder, 'short-sft.jsonl'), [
      { instruction: 'a', output: 'b' },
      { instruction: 'c', output: 'de' },
    ]);
    const preferences = writeLines(join(folder, 'short-preferences.jsonl'), [
      { prompt: 'f?', chosen: ' yes', rejected: ' no' },
      { prompt: 'gh?', chosen: ' no', rejected: ' yes!' },
    ]);
    const short = ['--sft', sft, '--preferences', preferences];
    const words = [...common, ...short, ...run, ...lora, '--schedule', 'mix', '--steps', '1', '--out'];
    const onWasm = await printed<Training>('train', ...words, out('wasm'));
    const { code, stdout, stderr } = await llm('train', ...words, out('webgpu'), '--backend', 'webgpu');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^webgpu: [^\n]*\n(?:[^\n]*: \d+ [^\n]*\n)+$/)]);
    const onWebGpu = JSON.parse(stdout) as Training;
    for (const [i, { loss }] of onWebGpu.steps.entries()) expect(loss).toBeCloseTo(onWasm.steps[i].loss, 4);
    expect(onWebGpu.final.sft.loss).toBeCloseTo(onWasm.final.sft.loss, 4);
    expect(onWebGpu.final.dpo.loss).toBeCloseTo(onWasm.final.dpo.loss, 4);
  });

  it('stops where the rule says, before its last step', async () => {
    const rule = ['--pareto-point', '100,100', '--stop-within', '0.1', '--evaluate-every', '2'];
    const words = [...common, ...run, ...lora, '--schedule', 'sft', '--steps', '9', ...rule];
    const { steps, stopped } = await printed<Training>('train', ...words, '--out', out('stopped'));
    expect([steps.length, stopped]).toEqual([2, 'within 0.1 of the Pareto point f_SFT 100, f_DPO 100']);
  });
});

describe('bad input ends with one line and exit code 2', () => {
  const refused = async (message: RegExp, ...words: string[]): Promise<void> => {
    const { code, stdout, stderr } = await llm(...words);
    expect(stderr).toMatch(new RegExp(`^forgetting: ${message.source}\\n$`));
    expect([code, stdout]).toEqual([2, '']);
  };
  const train = (...words: string[]): string[] => [
    ...['train', ...common, '--steps', '2', '--out', join(folder, 'refused')],
    ...words,
  ];

  it('settings that do not fit', async () => {
    const optima = /schedule: got "maxright", expected --sft-optimum and --dpo-optimum with it[^\n]*/;
    await refused(optima, ...train('--schedule', 'maxright'));
    await refused(/schedule: got "best", expected sequential, mix, [^\n]*/, ...train('--schedule', 'best'));
    await refused(
      /split: got \[3,3\], expected [^\n]*sum to the 2 steps/,
      ...train('--schedule', 'sequential', '--split', '3,3'),
    );
    await refused(
      /lora targets: got "q_proj", expected some of [^\n]*/,
      ...train('--schedule', 'mix', '--lora-targets', 'q_proj'),
    );
    await refused(
      /max-length: got 500, expected at most 96, the context of the model/,
      ...train('--schedule', 'mix', '--max-length', '500'),
    );
  });

  it('files that are not what they should be', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, '{"instruction":"a","output":"b"}\n{"instruction":\n');
    const place = /[^\n]*broken\.jsonl:2: got "\{\\"instruction\\":", expected a JSON object on one line/;
    await refused(place, 'evaluate', ...common, '--sft', broken);
    const lacking = writeLines(join(folder, 'lacking.jsonl'), [{ prompt: 'a', chosen: 'b' }]);
    const field = /[^\n]*lacking\.jsonl:1: rejected: got nothing, expected a string/;
    await refused(field, 'evaluate', ...common, '--preferences', lacking);
    await refused(/model: got "\/nowhere", expected [^\n]*/, 'evaluate', ...common, '--model', '/nowhere');
  });
});
