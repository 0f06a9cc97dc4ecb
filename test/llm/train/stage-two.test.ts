import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine/backend.js';
import { readPreferences } from '../../../src/llm/data/preferences.js';
import { readSft } from '../../../src/llm/data/sft.js';
import { evaluate, type Evaluation } from '../../../src/llm/evaluate.js';
import { writeAdapter } from '../../../src/llm/model/adapter.js';
import { writeModel } from '../../../src/llm/model/folder.js';
import type { LanguageModel } from '../../../src/llm/model/language-model.js';
import { loadModel } from '../../../src/llm/model/load.js';
import { handedOverFile } from '../../../src/llm/results/run-files.js';
import { openRunFolder, type RunResult } from '../../../src/llm/results/run-folder.js';
import { readRows } from '../../../src/llm/results/line-log.js';
import { runTraining, type TrainingRunOptions } from '../../../src/llm/train/run.js';
import type { SubgradientSettings } from '../../../src/llm/train/projected-subgradient.js';
import type { StageTwo } from '../../../src/llm/train/stage-two/settings.js';
import { schedules } from '../../../src/schedule/index.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeToyFiles, type ToyFiles } from '../toy.js';

const folder = temporaryFolder();
let files: ToyFiles;
beforeAll(async () => {
  await openBackend('wasm');
  files = await writeToyFiles(folder);
});

const steps = 7;
const switchAfter = 3;

interface Case {
  readonly schedule: string;
  readonly own?: Readonly<Record<string, unknown>>;
  readonly stageTwo?: StageTwo;
  readonly full?: boolean;
  readonly subgradient?: SubgradientSettings;
  readonly mayDiverge?: boolean;
}

/** What stops a run at once, as a kill does: its last checkpoint is what is left of it. */
const killed = new Error('killed');

/** Trains on the toy model, or goes on with it; stopped without a word after the steps that are listed, each time anew. */
async function run(name: string, one: Case, kills: readonly number[] = []): Promise<RunResult> {
  const { schedule, own, stageTwo, full = false, subgradient, mayDiverge = false } = one;
  for (const kill of [...kills, Infinity]) {
    const { model, tokenizer } = await loadModel({
      model: files.model,
      ...(full ? { fullFineTuning: true } : { lora: { rank: 2, alpha: 3, targets: ['query_key_value'], seed: 0 } }),
    });
    try {
      const preparation = { maximumLength: 40 };
      const { examples: sft } = await readSft(files.sft, tokenizer, preparation);
      const { examples } = await readPreferences(files.preferences, tokenizer, preparation);
      const preferences = examples.map((pair) => ({ pair, reference: { chosen: -30, rejected: -25 } }));
      const options: TrainingRunOptions = {
        ...{ model, schedule: schedules[schedule], sftBatch: 2, preferenceBatch: 2, dpo: { beta: 0.1 }, seed: 3 },
        data: { sft, preferences },
        heldOut: { sft: sft.slice(4), preferences: preferences.slice(3) },
        scheduleSettings: { lambda: 0.4, steps, ideal: { dpo: 0.1, sft: 1 }, ...own },
        ...(subgradient === undefined ? { learningRate: { learningRate: 2e-2 } } : { subgradient }),
        ...(stageTwo && { stageTwo }),
        mayDiverge,
        ownReplies: { ends: tokenizer.endIds, maximumLength: 32 },
        evaluateEvery: 2,
        checkpointEvery: 1,
        folder: await openRunFolder(join(folder, name), { settings: { name: one }, resume: true }),
        save: (to, made) =>
          made.lora === undefined ? writeModel(to, made, { model: files.model }) : writeAdapter(to, made, files.model),
        onStep: (step) => {
          if (step === kill) throw killed;
        },
      };
      const end = await runTraining(options);
      if ('finished' in end) return end.finished;
    } catch (error) {
      if (error !== killed) throw error;
    } finally {
      model.dispose();
    }
  }
  throw new Error('the run did not end');
}

/** What such a run ends with. */
async function endOf(name: string, one: Case): Promise<Evaluation> {
  const { final } = await run(name, one);
  if (final === null) throw new Error(`${name} diverged`);
  return final;
}

/** Every file of a run that does not depend on the clock, by name. */
function contents(name: string): Record<string, string> {
  const out = join(folder, name);
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter((file) => statSync(join(out, file)).isFile() && !/timing/.test(file));
  return Object.fromEntries(kept.map((file) => [file, readFileSync(join(out, file)).toString('base64')]));
}

/** The field of every step. */
function logged(name: string, field: string): unknown[] {
  return readRows(join(folder, name, 'steps.jsonl')).map((row) => row[field]);
}

/** The model that a run handed over. */
async function handed(name: string): Promise<LanguageModel> {
  const path = join(folder, name);
  const whole = readdirSync(path).includes('model.safetensors');
  const { model } = await loadModel(whole ? { model: path } : { model: files.model, adapter: path });
  return model;
}

const split = { split: [switchAfter, steps - switchAfter] };
const everyTerm = { l2Anchor: 0.3, ewcAnchor: 2, fisherExamples: 3, klAnchor: 0.5, chosenNll: 0.7, learningRate: 5e-3 };

// Its second stage begins with step 5, after which nothing is evaluated.
const diverging: Case = {
  ...{ schedule: 'sequential', own: { split: [4, steps - 4] }, mayDiverge: true },
  stageTwo: { learningRate: 1e30 },
};

describe('a run ends with the bytes of one never stopped, wherever it is killed', () => {
  const cases: Readonly<Record<string, Case & { readonly kills?: readonly number[] }>> = {
    'every term of stage two': { schedule: 'sequential', own: split, stageTwo: everyTerm, kills: [2, 3, 4, 6] },
    'own replies, averaged': {
      ...{ schedule: 'replay', own: { ...split, replay: 0.5 }, kills: [3, 5] },
      stageTwo: { ownReplies: true, average: 0.25 },
    },
    'the best checkpoint of every weight': {
      ...{ schedule: 'sequential', own: split, full: true, kills: [3, 4] },
      stageTwo: { bestCheckpoint: true },
    },
    'every weight, anchored and averaged': {
      ...{ schedule: 'dpo', full: true, kills: [1, 5] },
      stageTwo: { l2Anchor: 1, average: 0.5 },
    },
    'one that diverges': { ...diverging, kills: [2, 4, 5] },
    annealed: { schedule: 'annealed' },
    alternating: { schedule: 'alternating', own: { cycles: 2 } },
    'smooth-tchebycheff': { schedule: 'smooth-tchebycheff' },
    budget: { schedule: 'budget', own: { forgetAtMost: 0.1, ideal: { sft: 3, dpo: NaN } } },
    cagrad: { schedule: 'cagrad' },
    mgda: { schedule: 'mgda' },
    pcgrad: { schedule: 'pcgrad' },
    'adaptive steps on a ball': {
      ...{ schedule: 'alright', kills: [1, 3, 6] },
      subgradient: { stepSize: 'adaptive', radius: 0.4 },
    },
    'adaptive steps on a ball, every weight, anchored': {
      ...{ schedule: 'sequential', own: split, full: true, kills: [2, 4] },
      ...{ stageTwo: { l2Anchor: 1 }, subgradient: { stepSize: 'adaptive', radius: 0.2 } },
    },
  };
  it.each(Object.keys(cases))('%s', async (name) => {
    const { kills = [4], ...one } = cases[name];
    const before = tf.memory().numTensors;
    await run(`${name} whole`, one);
    await run(`${name} killed`, one, kills);
    const [whole, found] = [contents(`${name} whole`), contents(`${name} killed`)];
    expect(Object.keys(found)).toEqual(Object.keys(whole));
    for (const [file, content] of Object.entries(whole)) expect(found[file] === content, file).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('one that diverges says at which step, and has neither an end nor a model', async () => {
    const { steps: taken, final, stopped } = await run('one that diverges whole', diverging);
    expect([taken.length, final]).toEqual([5, null]);
    expect(stopped).toMatch(/^diverged after 5 steps: step 6: .* is (NaN|Infinity)$/);
    expect(contents('one that diverges whole')['adapter_model.safetensors']).toBeUndefined();
  });

  it('as adaptive steps know all gradients before, and the ball is where the run began', () => {
    const name = 'adaptive steps on a ball killed';
    const [norms, sizes, distances] = ['gradientNorm', 'learningRate', 'distance'].map((field) => logged(name, field));
    let squares = 0;
    norms.forEach((norm, step) => {
      squares += Number(norm) ** 2;
      expect(Number(sizes[step]) / (0.8 / Math.sqrt(2 * squares))).toBeCloseTo(1, 12);
      expect(Number(distances[step])).toBeLessThanOrEqual(0.4);
    });
    // The first step is of length √2·R.
    expect(distances[0]).toBe(0.4);
  });

  it('as each of them is another run than Sequential', () => {
    const ends = Object.keys(cases).map((name) => readFileSync(join(folder, `${name} whole`, 'result.json'), 'utf8'));
    expect(new Set(ends).size).toBe(ends.length);
  });
});

describe('what stage two is', () => {
  it('stage one is as without, stage two has the terms in its loss, and its own learning rate', async () => {
    await run('plain', { schedule: 'sequential', own: split });
    const [plain, terms] = ['plain', 'every term of stage two whole'].map((name) => logged(name, 'loss'));
    expect(terms.slice(0, switchAfter)).toEqual(plain.slice(0, switchAfter));
    expect(logged('every term of stage two whole', 'dpoLoss')[switchAfter]).toBeCloseTo(
      Number(logged('plain', 'dpoLoss')[switchAfter]),
      6,
    );
    const first = Number(terms[switchAfter]) - Number(plain[switchAfter]);
    // The first step is at θ_1, where the anchors are 0: what is added is the NLLs of chosen and of own replies.
    expect(first).toBeGreaterThan(1);
    expect(logged('every term of stage two whole', 'learningRate')).toEqual([
      ...new Array<number>(switchAfter).fill(2e-2),
      ...new Array<number>(steps - switchAfter).fill(5e-3),
    ]);
  });

  it('an average with a = 0 is the model of stage one, with a = 1 the last, and is judged as what is saved', async () => {
    const averageOf = (average: number): Promise<Evaluation> =>
      endOf(`average ${average}`, { schedule: 'sequential', own: split, stageTwo: { average } });
    const [none, whole] = [await averageOf(0), await averageOf(1)];
    const plain = await endOf('plain', { schedule: 'sequential', own: split });
    const stageOne = await endOf('one', {
      schedule: 'sequential',
      own: { steps: switchAfter, split: [switchAfter, 0] },
    });
    const half = await averageOf(0.5);
    for (const [found, expected] of [
      [none, stageOne],
      [whole, plain],
    ]) {
      expect(found.sft.loss).toBeCloseTo(expected.sft.loss, 5);
      expect(found.dpo.loss).toBeCloseTo(expected.dpo.loss, 5);
    }
    expect(Math.abs(half.sft.loss - none.sft.loss)).toBeGreaterThan(1e-3);
    const model = await handed('average 0.5');
    const { tokenizer } = await loadModel({ model: files.model });
    const { examples: sft } = await readSft(files.sft, tokenizer, { maximumLength: 40 });
    const again = await evaluate({ model, sft, preferences: [], settings: { beta: 0.1 } });
    expect(model.lora?.rank).toBe(4);
    expect(again.sft.loss).toBe(half.sft.loss);
    const said = JSON.parse(readFileSync(join(folder, 'average 0.5', handedOverFile), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(said).toMatchObject({ average: 0.5, sftLoss: half.sft.loss, dpoLoss: half.dpo.loss });
    expect(said.heldOutSftLoss).toBeGreaterThan(0);
    model.dispose();
  });

  it('the best checkpoint is the evaluation with the least held-out F_λ since stage one', () => {
    const name = 'the best checkpoint of every weight whole';
    const value = (row: Readonly<Record<string, unknown>>): number =>
      0.4 * Number(row.heldOutDpoLoss) + 0.6 * Number(row.heldOutSftLoss);
    const rows = readRows(join(folder, name, 'evaluations.jsonl'));
    expect(rows.map(({ step }) => step)).toEqual([0, 2, 3, 4, 6, 7]);
    const since = rows.filter(({ step }) => step >= switchAfter);
    const best = since.reduce((least, row) => (value(row) < value(least) ? row : least));
    expect(best.step).toBeLessThan(steps);
    expect(JSON.parse(readFileSync(join(folder, name, handedOverFile), 'utf8'))).toEqual(best);
  });
});
