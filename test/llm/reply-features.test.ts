import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDemonstrations, readPreferenceRecords } from '../../src/convex/generate/records.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import { openBackend } from '../../src/engine/backend.js';
import type { Backend } from '../../src/engine/names.js';
import { modelProblem } from '../../src/experiment/model-problem.js';
import { logProbabilitiesOf } from '../../src/llm/evaluate.js';
import type { LanguageModel } from '../../src/llm/model/language-model.js';
import { loadModel } from '../../src/llm/model/load.js';
import { groupLogProbabilities } from '../../src/llm/multiple-choice/answer.js';
import { replyFeatures } from '../../src/llm/reply-features.js';
import type { Tokenizer } from '../../src/llm/tokenizer/tokenizer.js';
import { forgetting } from '../cli/command.js';
import { answered } from '../cli/in-process.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeToyFiles, type ToyFiles } from './toy.js';

let backend: Backend;
let files: ToyFiles;
let model: LanguageModel;
let tokenizer: Tokenizer;

beforeAll(async () => {
  backend = await openBackend('cpu');
  files = await writeToyFiles(temporaryFolder());
  ({ model, tokenizer } = await loadModel({ model: files.model }));
});

afterAll(() => {
  model.dispose();
  backend.close();
});

/** The mean hidden state of a reply, one position after the other. */
function meanState(prompt: string, reply: string, layers: number): number[] {
  const eos = tokenizer.eosText ?? '';
  const ids = tokenizer.encode(`${prompt}${reply} ${eos}`);
  const first = tokenizer.encode(prompt).length;
  const states = tf.tidy(() => model.hidden(tf.tensor2d(ids, [1, ids.length], 'int32'), { layers }).dataSync());
  const { width } = model.config;
  return Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let position = first; position < ids.length; position++) sum += states[position * width + i];
    return sum / (ids.length - first);
  });
}

it('takes the mean hidden state of a reply, whatever it is batched with, of every layer', async () => {
  const texts = ['yes', 'no, never', 'y', 'yes'].map((reply) => ({ prompt: 'Human: why?', reply }));
  for (const layer of [0, 1, 2]) {
    const found = await replyFeatures(model, tokenizer, texts, { layer, batchSize: 3 });
    texts.forEach(({ prompt, reply }, n) => {
      meanState(prompt, reply, layer).forEach((value, i) => {
        expect(found[n][i]).toBeCloseTo(value, 4);
      });
    });
  }
  const [last, second] = [
    await replyFeatures(model, tokenizer, texts),
    await replyFeatures(model, tokenizer, texts, { layer: 2 }),
  ];
  expect(last).toEqual(second);
  await expect(replyFeatures(model, tokenizer, texts, { layer: 3 })).rejects.toThrow('layer: got 3');
});

it('makes a problem of standardised features and leaves out what has no room, from the command line too', async () => {
  const [preferences, sft] = [readPreferenceRecords(files.preferences), readDemonstrations(files.sft)];
  const long = { prompt: 'x'.repeat(95), chosen: 'a', rejected: 'b' };
  const size = { candidates: 3, examples: 5 };
  const { problem, dropped } = await modelProblem({
    ...size,
    model,
    tokenizer,
    preferences: [long, ...preferences],
    sft,
  });
  expect(dropped).toBe(1);
  if (problem.kind !== 'log-linear') throw new Error(problem.kind);
  const rows = [
    ...problem.sft.flatMap(({ candidates }) => candidates),
    ...problem.dpo.flatMap(({ chosen, rejected }) => [chosen, rejected]),
  ];
  expect(rows).toHaveLength(5 * 3 + 5 * 2);
  for (let i = 0; i < 16; i++) {
    expect(rows.reduce((sum, row) => sum + row[i], 0)).toBeCloseTo(0, 4);
    expect(rows.reduce((sum, row) => sum + row[i] ** 2, 0) / rows.length).toBeCloseTo(1, 4);
  }
  expect((await parseProblem(problem)).dimension).toBe(16);

  const common = ['problem', 'from-text', '--preferences', files.preferences, '--sft', files.sft];
  const asked = ['--features', 'model', '--model', files.model, '--candidates', '3', '--examples', '5'];
  const { code, stdout, stderr } = forgetting([...common, ...asked, '--backend', 'cpu', '--layer', '1']);
  expect(code, stderr).toBe(0);
  expect(await parseProblem(JSON.parse(stdout))).toMatchObject({ dimension: 16 });
  for (const [words, message] of [
    [['--layer', '1'], /^forgetting: layer: .*expected it only with --features model\n$/],
    [['--features', 'model'], /^forgetting: model: .*needs\n$/],
    [[...asked, '--dimension', '4'], /^forgetting: dimension: /],
  ] as const) {
    const refused = await answered([...common, ...words]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(message);
  }
});

it('a batch of no sequences, or of a part of one, is refused wherever sequences go through the model together', async () => {
  const sequence = { ids: Int32Array.from(tokenizer.encode('Human: why?')), promptLength: 1 };
  for (const batchSize of [0, -1, 0.5, NaN]) {
    const asked = [
      replyFeatures(model, tokenizer, [{ prompt: 'Human: why?', reply: 'yes' }], { batchSize }),
      logProbabilitiesOf(model, [sequence], { batchSize }),
      groupLogProbabilities(model, [[sequence]], { batchSize }),
    ];
    for (const one of asked) await expect(one).rejects.toThrow(/^batchSize: got .*, expected an integer ≥ 1$/);
  }
});
